import { describe, expect, test } from '@jest/globals';
import { play, scriptId } from '#tests/support/fix-script.ts';

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
