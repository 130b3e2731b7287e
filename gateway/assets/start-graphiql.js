/* global document, fetch, location, GraphiQL, React, ReactDOM, graphqlWs */
'use strict';

const firstQuery = `# Welcome to Mammon. Put the cursor into an operation and press Ctrl-Enter,
# or choose one at the play button: Register, LogIn, Market, LiveQuotes.
#
# After LogIn this page uses the new access token by itself, for subscriptions too.
# To be somebody else, write a token into the Headers tab below:
#   { "authorization": "Bearer <accessToken>" }

mutation Register {
  register(input: { email: "ada@example.com", password: "correct horse battery" }) {
    user { id }
    refusal { code message }
  }
}

mutation LogIn {
  logIn(input: { email: "ada@example.com", password: "correct horse battery" }) {
    tokens { accessToken accessTokenExpiresAt }
    refusal { code message }
  }
}

query Market {
  instruments {
    symbol
    tickSize
    quote { bid ask status at }
  }
}

subscription LiveQuotes {
  quotes(symbols: ["USD/NGN"]) {
    bid
    ask
    at
    instrument { symbol tickSize }
  }
}
`;

const socketUrl = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`;

function operationKind(document, name) {
  const operations = (document?.definitions ?? []).filter((one) => 'operation' in one);
  const chosen = operations.find((one) => one.name?.value === name) ?? operations[0];
  return chosen?.operation ?? 'query';
}

/** Of the last log-in on this page; kept nowhere else. */
let accessToken;

/** The Headers tab's Authorization, or else the last log-in's. */
function authorizationOf(headers) {
  const given = Object.entries(headers).find(([name]) => /^authorization$/i.test(name))?.[1];
  return given || (accessToken && `Bearer ${accessToken}`);
}

/** A socket of its own for each subscription, so that it always carries the token of the tab. */
function subscribe(request, headers) {
  const authorization = authorizationOf(headers);
  const client = graphqlWs.createClient({
    url: socketUrl,
    connectionParams: authorization ? { authorization } : {},
    shouldRetry: () => false,
  });
  const events = client.iterate(request);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => events.next().catch(explain),
    async return() {
      await client.dispose();
      return events.return();
    },
  };
}

/** A socket that was closed says why; GraphiQL would show an empty object. */
function explain(error) {
  const errors = Array.isArray(error)
    ? error
    : [{ message: `The socket was closed: ${error?.code ?? ''} ${error?.reason ?? error}` }];
  return { done: false, value: { errors } };
}

async function send(request, headers) {
  const authorization = authorizationOf(headers);
  const others = Object.entries(headers).filter(([name]) => !/^authorization$/i.test(name));
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...Object.fromEntries(others),
      ...(authorization ? { authorization } : {}),
    },
    body: JSON.stringify(request),
  });
  const answer = await response.json();
  accessToken = answer.data?.logIn?.tokens?.accessToken ?? accessToken;
  return answer;
}

function fetcher(request, { headers = {}, documentAST } = {}) {
  const subscription = operationKind(documentAST, request.operationName) === 'subscription';
  return subscription ? subscribe(request, headers) : send(request, headers);
}

const logo = React.createElement(
  GraphiQL.Logo,
  null,
  React.createElement(
    'a',
    { href: '/api/docs', style: { color: 'inherit', textDecoration: 'none' } },
    'Mammon · API docs',
  ),
);

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(
    GraphiQL,
    {
      fetcher,
      defaultQuery: firstQuery,
      isHeadersEditorEnabled: true,
      defaultEditorToolsVisibility: 'headers',
    },
    logo,
  ),
);
