// One query that comes in parts, put together by somebody else's client; a line for each state of the answer.
// node parts.mjs <client> <http url> <query>

import { ApolloClient, HttpLink, InMemoryCache, NetworkStatus, gql } from "@apollo/client";
import { Defer20220824Handler, GraphQL17Alpha9Handler } from "@apollo/client/incremental";
import { Client, fetchExchange } from "@urql/core";

const [kind, url, query] = process.argv.slice(2);

function tell(data, hasNext) {
  const known = (name, value) => (name === "__typename" ? undefined : value); // Apollo asks for it everywhere
  console.log(JSON.stringify({ data, hasNext }, known));
}

function apollo(incrementalHandler) {
  const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache(), incrementalHandler });
  const parts = client.watchQuery({ query: gql(query), fetchPolicy: "no-cache" });
  parts.subscribe(({ data, networkStatus, error }) => {
    if (error) throw error;
    if (data) tell(data, networkStatus !== NetworkStatus.ready);
  });
}

const clients = {
  "Apollo's Defer20220824Handler": () => apollo(new Defer20220824Handler()),
  "Apollo's GraphQL17Alpha9Handler": () => apollo(new GraphQL17Alpha9Handler()),
  urql: () => {
    const client = new Client({ url, exchanges: [fetchExchange], preferGetMethod: false });
    client.query(query, {}).subscribe(({ data, error, hasNext }) => {
      if (error) throw error;
      tell(data, hasNext);
    });
  },
};

clients[kind]();
