import { describe, expect, test } from '@jest/globals';
import { play } from '#tests/support/fix-script.ts';
import { createMemoryStore } from './memory-store.ts';

// Conversations from FIX 4.4 volume 2 and the FIX session test cases. `Us` is under test.
const order = '11=o1|55=EUR/USD|54=1|60=20260105-12:00:00.000|40=1';
const established = `
  connect
  < 35=A|34=1|98=0|108=30
  > 35=A|34=1|98=0|108=30
  @ logon`;

describe('heartbeats', () => {
  test('are sent when nothing else was, and asked for when nothing came', async () => {
    await play(`${established}
      wait 30s
      > 35=0|34=2
      wait 6s
      > 35=1|34=3|112=TEST-1767614436000
      < 35=0|34=2|112=TEST-1767614436000
      wait 29s
      wait 1s
      > 35=0|34=4`);
  });

  test('that do not come end the session', async () => {
    await play(
      `${established}
       < 35=0|34=2
       wait 36s
       > 35=0|34=2
       > 35=1|34=3|112=TEST-1767614436000
       wait 30s
       > 35=0|34=4
       wait 6s
       closed
       @ disconnected heartbeat time-out`,
    );
  });

  test('are off when HeartBtInt is 0', async () => {
    await play(`connect
      < 35=A|34=1|98=0|108=0
      > 35=A|34=1|98=0|108=0
      @ logon
      wait 100s`);
  });

  test('answer a TestRequest with its id', async () => {
    await play(`${established}
      < 35=1|34=2|112=hello
      > 35=0|34=2|112=hello`);
  });
});

describe('logout', () => {
  test('asked by the counterparty is answered before the connection closes', async () => {
    await play(`${established}
      < 35=5|34=2|58=good night
      > 35=5|34=2
      closed
      @ disconnected the counterparty logged out: good night`);
  });

  test('asked by us waits for the answer', async () => {
    await play(`${established}
      logout closing
      > 35=5|34=2|58=closing
      < 35=D|34=2|${order}
      @ message D 2
      < 35=5|34=3
      closed
      @ disconnected logged out`);
  });

  test('asked by us does not wait for ever', async () => {
    await play(`${established}
      logout closing
      > 35=5|34=2|58=closing
      wait 4s
      wait 1s
      closed
      @ disconnected the logout was not answered in time`);
  });

  test('above a gap is answered, and the gap is asked for at the next logon', async () => {
    await play(`${established}
      < 35=5|34=3
      > 35=5|34=2
      closed
      @ disconnected the counterparty logged out
      connect
      < 35=A|34=4|98=0|108=30
      > 35=A|34=3|98=0|108=30
      > 35=2|34=4|7=2|16=3
      @ logon`);
  });
});

describe('bad messages', () => {
  test('a garbled message is ignored, and asked for again when the next one shows the gap', async () => {
    await play(`${established}
      < raw 8=FIX.4.4|9=57|35=0|49=THEM|56=US|34=2|52=20260105-12:00:00.000|10=000|
      < 35=0|34=3
      > 35=2|34=2|7=2|16=2`);
  });

  test('the session does not care how the bytes are cut', async () => {
    await play(
      `${established}
       < 35=D|34=2|${order}
       @ message D 2
       < raw xx8=FIX.4.4|9=1|
       < 35=1|34=3|112=x
       > 35=0|34=2|112=x`,
      { chunk: 1 },
    );
  });

  test.each([
    [
      '35=D|55=EUR/USD|54=1|60=20260105-12:00:00|40=1',
      '371=11|372=D|373=1',
      'required tag missing',
    ],
    [order.replace('54=1', '54=x'), '371=54|372=D|373=5', 'value is incorrect for this tag'],
    [`${order}|38=many`, '371=38|372=D|373=6', 'incorrect data format for value'],
    [`${order}|58=`, '371=58|372=D|373=4', 'tag specified without a value'],
    [`${order}|foo=1`, '372=D|373=0', 'invalid tag number'],
    [
      `${order}|453=2|448=a`,
      '371=453|372=D|373=16',
      'incorrect NumInGroup count for repeating group',
    ],
  ])('%s is rejected and counted', async (fields, answer, text) => {
    await play(`${established}
      < 35=D|34=2|${fields}
      > 35=3|34=2|45=2|${answer}|58=${text}
      < 35=0|34=3`);
  });

  test('an unknown message type is answered with a BusinessMessageReject', async () => {
    await play(`${established}
      < 35=B|34=2|148=news
      > 35=j|34=2|45=2|372=B|380=3|58=unsupported message type`);
  });

  test('a Reject reaches the application and is not answered', async () => {
    await play(`${established}
      < 35=3|34=2|45=1|58=what?
      @ reject 2`);
  });
});

describe('the application', () => {
  test('sends what it appended itself, in order, after its flush', async () => {
    await play(`${established}
      append 35=D|${order}
      append 35=8|37=1
      flush
      > 35=D|34=2|${order}
      > 35=8|34=3|37=1
      append 35=8|37=2
      < 35=1|34=2|112=x
      > 35=8|34=4|37=2
      > 35=0|34=5|112=x
      flush`);
  });

  test('gets a message again when its handler failed, and nothing behind it before', async () => {
    let failures = 1;
    await play(
      `${established}
       < 35=D|34=2|${order}
       closed
       @ message D 2
       @ disconnected handling a message failed
       connect
       < 35=A|34=3|98=0|108=30
       > 35=A|34=2|98=0|108=30
       > 35=2|34=3|7=2|16=2
       @ logon
       < 35=D|34=2|43=Y|122=20260105-12:00:00.000|${order}
       @ message D 2 possDup
       < 35=D|34=4|${order}
       @ message D 4`,
      {
        handlers: {
          onMessage: async () => {
            failures -= 1;
            if (failures === 0) throw new Error('the database is away');
          },
        },
      },
    );
  });

  test('loses the connection, not a message unseen, when it outruns a bounded store', async () => {
    await play(
      `${established}
       append 35=D|${order}
       append 35=8|37=1
       flush
       closed
       @ disconnected sending failed`,
      { store: createMemoryStore({ maximumMessages: 1 }) },
    );
  });

  test('cannot send what FIX cannot carry', async () => {
    const { session } = await play(established);
    const bad = (value: string) => session.send([{ type: 'D', fields: [[58, value]] }]);
    await expect(bad('')).rejects.toThrow('a value that FIX forbids');
    await expect(bad('a\u0001b')).rejects.toThrow('a value that FIX forbids');
    await expect(session.send([{ type: 'D', fields: [[34, '7']] }])).rejects.toThrow('tag 34');
  });
});
