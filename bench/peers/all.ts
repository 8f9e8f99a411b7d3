// Every peer that there is an adapter for, in the order in which they take turns.

import { launch } from "./adapters/launch.ts";
import { sh } from "./adapters/sh.ts";
import type { Peer } from "./peer.ts";

export const peers: readonly Peer[] = [launch, sh];
