import type { VenueOrderStatus } from './venue-order.ts';

/** What has been gathered about an order that the venue does not answer for. */
export interface AbsenceEvidence {
  readonly status: VenueOrderStatus;
  readonly sentAt: Date | null;
  /** How many status requests were answered by "unknown order", one after the other. */
  readonly absentProbes: number;
  /** When the venue's trade history was seen to hold nothing of the order. */
  readonly tradesAbsentAt: Date | null;
}

export interface AbsenceRules {
  readonly probes: number;
  /** How long after its sending an order may still turn up. */
  readonly horizonMs: number;
}

/**
 * Whether an order may be given up. A WITHHELD order needs one word only: its number was gap filled,
 * and the venue answers the status request, which has a later number, after the gap. An order whose
 * bytes may still be on their way somewhere needs all of the evidence.
 */
export function judgeAbsence(
  evidence: AbsenceEvidence,
  rules: AbsenceRules,
  now: Date,
): 'EXPIRED' | 'REJECTED' | null {
  if (evidence.status === 'WITHHELD') return evidence.absentProbes >= 1 ? 'EXPIRED' : null;
  if (evidence.status !== 'UNKNOWN' || evidence.sentAt === null) return null;
  if (evidence.absentProbes < rules.probes || evidence.tradesAbsentAt === null) return null;
  const ageMs = now.getTime() - evidence.sentAt.getTime();
  return ageMs >= rules.horizonMs ? 'REJECTED' : null;
}
