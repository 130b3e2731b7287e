import { parseArgs } from 'node:util';
import { torture } from './torture.ts';

const whole = (text: string, name: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} is a whole number, not "${text}"`);
  return Number(text);
};

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: `${Date.now() % 1_000_000_000}` },
    kills: { type: 'string', default: '200' },
    'postgres-kills': { type: 'string', default: '20' },
    posters: { type: 'string', default: '4' },
  },
});

const verdict = await torture(
  {
    seed: whole(values.seed, 'seed'),
    kills: whole(values.kills, 'kills'),
    postgresKills: whole(values['postgres-kills'], 'postgres-kills'),
    posters: whole(values.posters, 'posters'),
  },
  (line) => process.stdout.write(`${line}\n`),
);
for (const finding of verdict.findings.slice(0, 50)) process.stdout.write(`BROKEN ${finding}\n`);
process.stdout.write(
  `RESULT ${JSON.stringify({ ...verdict, findings: verdict.findings.length })}\n`,
);
process.exitCode = verdict.findings.length === 0 ? 0 : 1;
