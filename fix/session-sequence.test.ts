import { describe, test } from '@jest/globals';
import { play } from '#tests/support/fix-script.ts';

// Conversations from FIX 4.4 volume 2 and the FIX session test cases. `Us` is under test.
const order = '11=o1|55=EUR/USD|54=1|60=20260105-12:00:00.000|40=1';
const established = `
  connect
  < 35=A|34=1|98=0|108=30
  > 35=A|34=1|98=0|108=30
  @ logon`;

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
