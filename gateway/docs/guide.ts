import { escape } from './html.ts';

const curl = `curl https://<host>/graphql \\
  -H 'content-type: application/json' \\
  -H 'authorization: Bearer <access token>' \\
  -d '{"query": "{ me { id wallets { currency available } } }"}'`;

const socket = `import { createClient } from 'graphql-ws';

const client = createClient({
  url: 'wss://<host>/graphql',
  // Asked again on each reconnect, so that a fresh token is sent.
  connectionParams: async () => ({ authorization: \`Bearer \${await accessToken()}\` }),
});

for await (const { data } of client.iterate({
  query: 'subscription ($after: Int) { orderUpdates(after: $after) { sequence kind order { id status } } }',
  // A getter: after a reconnect the client subscribes again by itself, from where it is then.
  variables: { get after() { return lastSequence; } },
})) lastSequence = data.orderUpdates.sequence;`;

const codes: readonly (readonly [string, string])[] = [
  [
    'UNAUTHENTICATED',
    'The access token is missing, malformed or expired. Refresh it and try again.',
  ],
  ['FORBIDDEN', 'The caller may not do this.'],
  [
    'SERVICE_UNAVAILABLE',
    '`service` says which part is away, or misses what it stands on. The rest of the answer is good.',
  ],
  ['SERVICE_TIMEOUT', 'The same: `service` took longer to answer than it may.'],
  ['GRAPHQL_PARSE_FAILED', 'The operation is not GraphQL.'],
  ['GRAPHQL_VALIDATION_FAILED', 'The operation does not fit the schema.'],
  ['BAD_USER_INPUT', 'A variable does not fit its type.'],
  [
    'OPERATION_LIMIT_EXCEEDED',
    'Too deep, too many fields, aliases or root fields; `limit` says which.',
  ],
  ['COST_LIMIT_EXCEEDED', 'The operation may read too much at once: ask for shorter lists.'],
  ['RATE_LIMITED', 'Too many operations in a minute. Wait as long as `Retry-After` says.'],
  ['QUOTA_EXHAUSTED', 'The API key’s operations for the day are used up.'],
  ['PERSISTED_QUERY_NOT_FOUND', 'Send the operation’s text together with its hash, once.'],
  ['PERSISTED_QUERY_NOT_IN_LIST', 'No operation with this id was published for the API key.'],
  ['QUERY_NOT_IN_SAFELIST', 'The API key sends published operations only; this one is none.'],
  ['PERSISTED_QUERY_ID_REQUIRED', 'The API key sends operations by their id only.'],
  ['SUBSCRIPTION_OVER_HTTP', 'A subscription came by HTTP that did not accept a stream.'],
  [
    'STREAM_INTERRUPTED',
    'A stream could not go on. Subscribe again, with `after: resumeAfter` where it is given.',
  ],
  ['TOO_SLOW', 'A stream was not read in time. Subscribe again with `after: resumeAfter`.'],
  ['TOO_MANY_SUBSCRIPTIONS', 'More than a socket or a user may have; the message says which.'],
  ['SUPERGRAPH_CHANGED', 'The API has changed and no longer has what the stream selects.'],
  ['SERVICE_RESTARTING', 'This gateway restarts: connect again.'],
  ['INTERNAL_SERVER_ERROR', 'A fault of ours. It was logged.'],
];

const closeCodes: readonly (readonly [string, string])[] = [
  ['4403', 'No token, an expired one, another user’s, or the session has ended.'],
  ['4401', 'A token that will never be good.'],
  ['1012', 'This gateway restarts: reconnect.'],
  ['4429', 'The user has too many connections.'],
  [
    '1013',
    'Tokens cannot be verified, the gateway is full, or the client was too slow: the reason says ' +
      'which, and from which sequence to resume.',
  ],
];

/** What the schema itself cannot say: how to connect, and what to expect. */
export const guide = `
<section id="start" class="guide">
<h2>Getting started</h2>
<p>One endpoint, <code>/graphql</code>: queries and mutations by HTTP POST (queries by GET too),
subscriptions over a WebSocket. Every field below can be combined with every other in one
operation, whichever service it comes from.</p>
<div class="example"><pre><code>${escape(curl)}</code></pre></div>

<h3 id="guide-authentication">Authentication</h3>
<p><a href="#mutation-register"><code>register</code></a>, then
<a href="#mutation-logIn"><code>logIn</code></a>: it returns a short-lived access token for the
<code>Authorization</code> header and a refresh token.
<a href="#mutation-refreshTokens"><code>refreshTokens</code></a> trades the refresh token for the
next pair; each works once.
Everything else needs an access token.</p>
<p>A partner’s programs come with an API key in its place: <code>x-api-key: &lt;secret&gt;</code>, in
<code>connection_init</code> <code>{"apiKey": "&lt;secret&gt;"}</code>. An operator makes you a partner,
<a href="#mutation-createApiKey"><code>createApiKey</code></a> shows the secret once, and
<a href="#mutation-rotateApiKey"><code>rotateApiKey</code></a> gives the next one while the last still
works. <a href="#mutation-publishOperations"><code>publishOperations</code></a> takes the manifest of
Apollo’s or Relay’s compiler or a document, says what the schema does not allow, and lets the program send
<code>{"documentId": "&lt;id&gt;", "variables": {…}}</code>; a key of level <code>SAFELIST</code> or
<code>REQUIRE_ID</code> sends nothing else. Every answer says in <code>RateLimit</code> and
<code>RateLimit-Policy</code> what is left of how much, and a refused one in <code>Retry-After</code> when to
come again. <code>GET /api/usage</code> shows a partner how often its keys asked for which operation and
field, and which of those are deprecated.</p>

<h3 id="guide-values">Values</h3>
<p>Amounts and prices are exact decimal numbers in strings, never floats. Currencies are ISO 4217,
instruments are written <code>EUR/USD</code>, times are ISO 8601 in UTC, ids are opaque. Lists are
Relay connections: ask for the next page with <code>after</code>.</p>

<h3 id="guide-retries">Retries</h3>
<p>Whatever moves money or places an order takes a key of yours
(<code>clientOrderId</code>, <code>idempotencyKey</code>). Sending the same again returns the first
result and does nothing twice, so a mutation whose answer was lost can be sent again as it is.</p>

<h3 id="guide-live">Live data</h3>
<p>Subscriptions speak <code>graphql-transport-ws</code>; the token goes into
<code>connection_init</code>, never into the address. Order updates, fills and wallet updates are
lossless: each carries a <code>sequence</code>. Pass the last one you have as <code>after</code> and
you get all that followed, once and in order. Quotes are conflated: a slow client skips to the
latest.</p>
<p>A socket outlives its token when a ping brings a fresh one:
<code>{"type":"ping","payload":{"accessToken":"…"}}</code>. The same streams come as answers to a
POST as well: as Server-Sent Events (<code>accept: text/event-stream</code>, the distinct connections
mode of <code>graphql-sse</code>) and as Apollo’s multipart responses
(<code>multipart/mixed;subscriptionSpec=1.0</code>).</p>
<div class="example"><pre><code>${escape(socket)}</code></pre></div>
<table><thead><tr><th>Close code</th><th>Meaning</th></tr></thead><tbody>${rows(closeCodes)}</tbody></table>

<h3 id="guide-errors">Errors</h3>
<p>An expected no is data: a payload’s <code>refusal</code> has a <code>code</code> of a closed list
and a message. Faults are GraphQL errors with <code>extensions.code</code>; the rest of the answer
still holds.</p>
<table><thead><tr><th>extensions.code</th><th>Meaning</th></tr></thead><tbody>${rows(codes)}</tbody></table>
</section>`;

export const guideLinks: readonly (readonly [string, string])[] = [
  ['start', 'Getting started'],
  ['guide-authentication', 'Authentication'],
  ['guide-values', 'Values'],
  ['guide-retries', 'Retries'],
  ['guide-live', 'Live data'],
  ['guide-errors', 'Errors'],
];

function rows(entries: readonly (readonly [string, string])[]): string {
  return entries
    .map(([code, meaning]) => {
      const text = meaning.replaceAll(/`([^`]+)`/g, '<code>$1</code>');
      return `<tr><td><code>${code}</code></td><td>${text}</td></tr>`;
    })
    .join('');
}
