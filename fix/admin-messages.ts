import type { DecodedMessage, Defect } from './decoded-message.ts';
import { BusinessRejectReason, MsgType } from './dictionary.ts';
import { compact, Tag } from './fields.ts';
import type { FixMessage } from './types.ts';

/** The messages that a session writes by itself. */
export const admin = {
  logon: (
    heartbeatSeconds: number,
    reset: boolean,
    credentials?: {
      readonly username?: string | undefined;
      readonly password?: string | undefined;
    },
  ): FixMessage => ({
    type: MsgType.Logon,
    fields: compact(
      [Tag.EncryptMethod, '0'],
      [Tag.HeartBtInt, String(heartbeatSeconds)],
      [Tag.ResetSeqNumFlag, reset ? 'Y' : undefined],
      [Tag.Username, credentials?.username],
      [Tag.Password, credentials?.password],
    ),
  }),

  heartbeat: (testRequestId?: string): FixMessage => ({
    type: MsgType.Heartbeat,
    fields: compact([Tag.TestReqID, testRequestId]),
  }),

  testRequest: (id: string): FixMessage => ({
    type: MsgType.TestRequest,
    fields: [[Tag.TestReqID, id]],
  }),

  resendRequest: (from: number, to: number): FixMessage => ({
    type: MsgType.ResendRequest,
    fields: [
      [Tag.BeginSeqNo, String(from)],
      [Tag.EndSeqNo, String(to)],
    ],
  }),

  gapFill: (next: number): FixMessage => ({
    type: MsgType.SequenceReset,
    fields: [
      [Tag.GapFillFlag, 'Y'],
      [Tag.NewSeqNo, String(next)],
    ],
  }),

  logout: (text?: string): FixMessage => ({
    type: MsgType.Logout,
    fields: compact([Tag.Text, text || undefined]),
  }),

  reject: (message: DecodedMessage, defect: Defect): FixMessage => ({
    type: MsgType.Reject,
    fields: compact(
      [Tag.RefSeqNum, String(message.sequence ?? 0)],
      [Tag.RefTagID, defect.tag === undefined ? undefined : String(defect.tag)],
      [Tag.RefMsgType, message.type],
      [Tag.SessionRejectReason, defect.reason],
      [Tag.Text, defect.text],
    ),
  }),

  unsupported: (message: DecodedMessage): FixMessage => ({
    type: MsgType.BusinessMessageReject,
    fields: [
      [Tag.RefSeqNum, String(message.sequence ?? 0)],
      [Tag.RefMsgType, message.type],
      [Tag.BusinessRejectReason, BusinessRejectReason.UnsupportedMessageType],
      [Tag.Text, 'unsupported message type'],
    ],
  }),
} as const;
