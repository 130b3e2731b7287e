import { describe, expect, test } from '@jest/globals';

import { play, scriptId } from '#tests/support/fix-script.ts';

import { createMemoryStore } from './memory-store.ts';

// Conversations from FIX 4.4 volume 2 and the FIX session test cases. `Us` is under test.
const order = '11=o1|55=EUR/USD|54=1|60=20260105-12:00:00.000|40=1';
const established = `
  connect
  < 35=A|34=1|98=0|108=30
  > 35=A|34=1|98=0|108=30
  @ logon`;

describe('logon', () => {
  test('an acceptor answers with a Logon of the same heartbeat interval', async () => {
    const { session, store } = await play(established);
    expect(session.state).toBe('established');
    expect(await store.open(scriptId)).toEqual({ nextOutbound: 2, nextInbound: 2 });
  });

  test('an initiator logs on first, with its credentials', async () => {
    await play(
      `connect
       > 35=A|34=1|98=0|108=30|553=user|554=secret
       < 35=A|34=1|98=0|108=30
       @ logon
       < 35=0|34=2`,
      { role: 'initiator', settings: { username: 'user', password: 'secret' } },
    );
  });

  test('ResetSeqNumFlag brings both sides back to 1', async () => {
    const { store } = await play(`${established}
      < 35=0|34=2
      send 35=D|${order}
      > 35=D|34=2|${order}
      drop
      @ disconnected dropped
      connect
      < 35=A|34=1|98=0|108=30|141=Y
      > 35=A|34=1|98=0|108=30|141=Y
      @ logon reset
      < 35=2|34=2|7=1|16=0
      > 35=4|34=1|43=Y|122|123=Y|36=2`);
    expect(await store.open(scriptId)).toEqual({ nextOutbound: 2, nextInbound: 3 });
  });

  test('an initiator that resets needs the confirmation', async () => {
    await play(
      `connect
       > 35=A|34=1|98=0|108=30|141=Y
       < 35=A|34=1|98=0|108=30
       > 35=5|34=2|58=Logon refused: ResetSeqNumFlag was asked and not confirmed
       closed`,
      { role: 'initiator', settings: { resetOnLogon: true } },
    );
  });

  test('a reset that was not agreed is refused', async () => {
    await play(
      `connect
       < 35=A|34=1|98=0|108=30|141=Y
       > 35=5|34=1|58=Logon refused: this session is not reset at a logon
       closed`,
      { settings: { acceptReset: false } },
    );
  });

  test('an established session is reset by a Logon in its middle', async () => {
    await play(`${established}
      < 35=0|34=2
      < 35=A|34=1|98=0|108=30|141=Y
      > 35=A|34=1|98=0|108=30|141=Y
      @ logon reset
      < 35=1|34=2|112=a
      > 35=0|34=2|112=a`);
  });

  test('a Logon with a MsgSeqNum too low ends in a Logout', async () => {
    await play(`${established}
      < 35=0|34=2
      drop
      @ disconnected dropped
      connect
      < 35=A|34=2|98=0|108=30
      > 35=5|34=2|58=MsgSeqNum too low, expecting 3 but received 2
      closed`);
  });

  test('a Logon above a gap is answered, and the gap asked for', async () => {
    await play(`connect
      < 35=A|34=4|98=0|108=30
      > 35=A|34=1|98=0|108=30
      > 35=2|34=2|7=1|16=3
      @ logon
      < 35=D|34=1|43=Y|122=20260105-11:00:00.000|${order}
      @ message D 1 possDup
      < 35=4|34=2|43=Y|122=20260105-11:00:00.000|123=Y|36=4
      < 35=0|34=5`);
  });

  test.each([
    ['35=A|34=1|98=0', 'required tag missing (108)'],
    ['35=A|34=1|98=1|108=30', 'EncryptMethod must be 0'],
    ['35=A|34=1|98=0|108=-1', 'HeartBtInt is out of range'],
    ['35=A|34=1|98=0|108=x', 'incorrect data format for value (108)'],
  ])('the Logon %s is refused: %s', async (logon, reason) => {
    await play(`connect
      < ${logon}
      > 35=5|34=1|58=Logon refused: ${reason}
      closed`);
  });

  test('a Logon with a wrong SenderCompID is refused', async () => {
    await play(`connect
      < 35=A|34=1|98=0|108=30|49=WHO
      > 35=5|34=1|58=CompID problem
      closed`);
  });

  test('an initiator hears why its Logon was refused', async () => {
    await play(
      `connect
       > 35=A|34=1|98=0|108=30
       < 35=5|34=1|58=go away
       closed`,
      { role: 'initiator' },
    );
  });

  test('anything but a Logon first closes the connection', async () => {
    await play(`connect
      < 35=0|34=1
      closed`);
  });

  test('a Logon that does not come is not waited for longer than agreed', async () => {
    await play(
      `connect
       wait 9s
       wait 1s
       closed`,
    );
  });
});

describe('the header', () => {
  test('a wrong CompID is rejected with reason 9 and ends the session', async () => {
    await play(`${established}
      < 35=0|34=2|56=OTHER
      > 35=3|34=2|45=2|371=56|372=0|373=9|58=CompID problem
      > 35=5|34=3|58=CompID problem
      closed
      @ disconnected CompID problem`);
  });

  test('an inaccurate SendingTime is rejected with reason 10 and ends the session', async () => {
    await play(`${established}
      < 35=0|34=2|52=20260105-11:57:59.000
      > 35=3|34=2|45=2|371=52|372=0|373=10|58=SendingTime accuracy problem
      > 35=5|34=3|58=SendingTime accuracy problem
      closed
      @ disconnected SendingTime accuracy problem`);
  });

  test('SendingTime is not compared when the check is off', async () => {
    await play(
      `${established}
       < 35=0|34=2|52=20200105-11:57:59.000`,
      { settings: { sendingTimeAccuracyMs: 0 } },
    );
  });

  test('an OrigSendingTime later than SendingTime is rejected with reason 10', async () => {
    await play(`${established}
      < 35=0|34=2|43=Y|122=20260105-12:00:01.000
      > 35=3|34=2|45=2|371=122|372=0|373=10|58=SendingTime accuracy problem
      > 35=5|34=3|58=SendingTime accuracy problem
      closed
      @ disconnected SendingTime accuracy problem`);
  });

  test('a missing SendingTime, or OrigSendingTime in a PossDup, is rejected', async () => {
    await play(`${established}
      < 35=0|34=2|52=
      > 35=3|34=2|45=2|371=52|372=0|373=1|58=required tag missing
      < 35=0|34=3|43=Y
      > 35=3|34=3|45=3|371=122|372=0|373=1|58=required tag missing`);
  });

  test('another BeginString ends the session', async () => {
    await play(`${established}
      < 8=FIX.4.2|35=0|34=2
      > 35=5|34=2|58=incorrect BeginString
      closed
      @ disconnected incorrect BeginString`);
  });

  test('a missing MsgSeqNum ends the session', async () => {
    await play(`${established}
      < 35=0
      > 35=5|34=2|58=MsgSeqNum missing
      closed
      @ disconnected MsgSeqNum missing`);
  });
});

describe('sequence numbers', () => {
  test('a number too low without PossDup ends the session', async () => {
    await play(`${established}
      < 35=0|34=2
      < 35=D|34=2|${order}
      > 35=5|34=2|58=MsgSeqNum too low, expecting 3 but received 2
      closed
      @ disconnected MsgSeqNum too low, expecting 3 but received 2`);
  });

  test('a PossDup that was seen before is ignored', async () => {
    await play(`${established}
      < 35=D|34=2|${order}
      @ message D 2
      < 35=D|34=2|43=Y|122=20260105-12:00:00.000|${order}
      < 35=4|34=1|43=Y|122=20260105-12:00:00.000|123=Y|36=3
      < 35=0|34=3`);
  });

  test('messages above a gap wait until the missing ones came', async () => {
    await play(`${established}
      < 35=D|34=4|${order}
      > 35=2|34=2|7=2|16=3
      < 35=D|34=5|${order}
      < 35=D|34=2|43=Y|122=20260105-12:00:00.000|${order}
      @ message D 2 possDup
      < 35=D|34=3|43=Y|122=20260105-12:00:00.000|${order}
      @ message D 3 possDup
      @ message D 4
      @ message D 5
      < 35=D|34=6|${order}
      @ message D 6`);
  });

  test('what did not fit above a gap is asked for again', async () => {
    await play(
      `${established}
       < 35=D|34=3|${order}
       > 35=2|34=2|7=2|16=2
       < 35=D|34=4|${order}
       < 35=D|34=2|43=Y|122=20260105-12:00:00.000|${order}
       @ message D 2 possDup
       @ message D 3
       < 35=D|34=5|${order}
       > 35=2|34=3|7=4|16=4
       < 35=D|34=4|43=Y|122=20260105-12:00:00.000|${order}
       @ message D 4 possDup
       @ message D 5`,
      { settings: { maximumQueued: 1 } },
    );
  });

  test('a second gap behind the first is asked for when the first is filled', async () => {
    await play(`${established}
      < 35=D|34=3|${order}
      > 35=2|34=2|7=2|16=2
      < 35=D|34=5|${order}
      < 35=4|34=2|43=Y|122=20260105-12:00:00.000|123=Y|36=3
      > 35=2|34=3|7=4|16=4
      @ message D 3
      < 35=4|34=4|43=Y|122=20260105-12:00:00.000|123=Y|36=5
      @ message D 5`);
  });

  test('a gap fill may reach beyond what waits', async () => {
    await play(`${established}
      < 35=0|34=4
      > 35=2|34=2|7=2|16=3
      < 35=4|34=2|43=Y|122=20260105-12:00:00.000|123=Y|36=6
      < 35=D|34=6|${order}
      @ message D 6`);
  });

  test('an unanswered ResendRequest is repeated, then the session ends', async () => {
    await play(
      `connect
       < 35=A|34=1|98=0|108=0
       > 35=A|34=1|98=0|108=0
       @ logon
       < 35=0|34=3
       > 35=2|34=2|7=2|16=2
       wait 10s
       > 35=2|34=3|7=2|16=2
       wait 10s
       > 35=2|34=4|7=2|16=2
       wait 10s
       > 35=5|34=5|58=messages from 2 to 2 were not resent
       closed
       @ disconnected messages from 2 to 2 were not resent`,
    );
  });

  test('two sides with a gap each do not wait for each other', async () => {
    await play(`${established}
      send 35=D|${order}
      > 35=D|34=2|${order}
      < 35=2|34=3|7=2|16=0
      > 35=D|34=2|43=Y|122|${order}
      > 35=2|34=3|7=2|16=2
      < 35=4|34=2|43=Y|122=20260105-12:00:00.000|123=Y|36=3
      < 35=0|34=4`);
  });
});

describe('SequenceReset', () => {
  test('a gap fill in sequence moves on', async () => {
    await play(`${established}
      < 35=4|34=2|123=Y|36=10
      < 35=D|34=10|${order}
      @ message D 10`);
  });

  test('a gap fill that goes back is rejected', async () => {
    await play(`${established}
      < 35=4|34=2|123=Y|36=2
      > 35=3|34=2|45=2|371=36|372=4|373=5|58=NewSeqNo 2 is not above 2`);
  });

  test('a gap fill above a gap waits', async () => {
    await play(`${established}
      < 35=4|34=3|123=Y|36=10
      > 35=2|34=2|7=2|16=2
      < 35=D|34=2|43=Y|122=20260105-12:00:00.000|${order}
      @ message D 2 possDup
      < 35=0|34=10`);
  });

  test('reset mode ignores its own number and only goes up', async () => {
    await play(`${established}
      < 35=4|34=1|36=20
      < 35=4|34=7|36=15
      > 35=3|34=2|45=7|371=36|372=4|373=5|58=NewSeqNo 15 is below 20
      < 35=4|34=99|123=N|36=20
      < 35=D|34=20|${order}
      @ message D 20`);
  });
});

describe('a ResendRequest', () => {
  const sent = `${established}
    send 35=D|${order}
    > 35=D|34=2|${order}
    < 35=1|34=2|112=x
    > 35=0|34=3|112=x
    send 35=8|37=1
    > 35=8|34=4|37=1`;

  test('is answered with application messages, and gap fills for the rest', async () => {
    await play(`${sent}
      < 35=2|34=3|7=1|16=0
      > 35=4|34=1|43=Y|122|123=Y|36=2
      > 35=D|34=2|43=Y|122|${order}
      > 35=4|34=3|43=Y|122|123=Y|36=4
      > 35=8|34=4|43=Y|122|37=1`);
  });

  test('may end before the last message', async () => {
    await play(`${sent}
      < 35=2|34=3|7=2|16=3
      > 35=D|34=2|43=Y|122|${order}
      > 35=4|34=3|43=Y|122|123=Y|36=4`);
  });

  test('beyond what was sent is cut there', async () => {
    await play(`${sent}
      < 35=2|34=3|7=4|16=900
      > 35=8|34=4|43=Y|122|37=1
      < 35=2|34=4|7=50|16=0`);
  });

  test('is answered in chunks without a seam', async () => {
    await play(
      `${sent}
       < 35=2|34=3|7=1|16=0
       > 35=4|34=1|43=Y|122|123=Y|36=2
       > 35=D|34=2|43=Y|122|${order}
       > 35=4|34=3|43=Y|122|123=Y|36=4
       > 35=8|34=4|43=Y|122|37=1`,
      { settings: { replayChunk: 1 } },
    );
  });

  test('does not bring back what the application no longer wants sent', async () => {
    await play(
      `${established}
       send 35=8|37=1
       > 35=8|34=2|37=1
       drop
       @ disconnected dropped
       append 35=D|${order}
       append 35=D|${order}
       connect
       < 35=A|34=2|98=0|108=30
       > 35=A|34=5|98=0|108=30
       @ logon
       < 35=2|34=3|7=2|16=0
       > 35=8|34=2|43=Y|122|37=1
       > 35=4|34=3|43=Y|122|123=Y|36=6`,
      { handlers: { shouldResend: (stored) => stored.type !== 'D' } },
    );
  });

  test('without EndSeqNo is rejected', async () => {
    await play(`${sent}
      < 35=2|34=3|7=1
      > 35=3|34=5|45=3|371=16|372=2|373=1|58=required tag missing`);
  });
});

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
