// Every peer that there is an adapter for, in the order in which they take turns.

import { cat } from "./adapters/cat.ts";
import { concurrently } from "./adapters/concurrently.ts";
import { dockerCompose } from "./adapters/docker-compose.ts";
import { foreman } from "./adapters/foreman.ts";
import { goreman } from "./adapters/goreman.ts";
import { hivemind } from "./adapters/hivemind.ts";
import { honcho } from "./adapters/honcho.ts";
import { launch } from "./adapters/launch.ts";
import { mprocs } from "./adapters/mprocs.ts";
import { node } from "./adapters/node.ts";
import { overmind } from "./adapters/overmind.ts";
import { pitchfork } from "./adapters/pitchfork.ts";
import { pm2 } from "./adapters/pm2.ts";
import { processCompose } from "./adapters/process-compose.ts";
import { sh } from "./adapters/sh.ts";
import { supervisord } from "./adapters/supervisord.ts";
import type { Peer } from "./peer.ts";

export const peers: readonly Peer[] = [
  launch,
  sh,
  node,
  cat,
  processCompose,
  pitchfork,
  overmind,
  hivemind,
  goreman,
  mprocs,
  pm2,
  concurrently,
  foreman,
  honcho,
  supervisord,
  dockerCompose,
];
