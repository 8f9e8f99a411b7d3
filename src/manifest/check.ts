// What must hold between services: one name each, also in the environment.

import type { Place } from "../core/service.ts";
import { endpointNames, mainNames, upperSnake } from "./names.ts";
import type { Problem } from "./problem.ts";
import type { OpenService } from "./resolve.ts";

/** Tells every two services, and every two endpoints, that share a name where names must differ. */
export function checkNames(services: readonly OpenService[], problems: Problem[]): void {
  const byName = new Map<string, OpenService>();
  for (const service of services) {
    const former = byName.get(service.name);
    if (former !== undefined) {
      const message = `a service called ${service.name} is there already, in ${shown(former.place)}`;
      problems.push({
        place: service.place,
        message,
        remedy:
          "Names are shared by all included manifests, and nothing goes over a service of another one: rename one of them.",
      });
    }
    byName.set(service.name, former ?? service);
  }
  const claims = [...byName.values()].flatMap(claimsOf);
  const owners = new Map<string, Claim>();
  for (const claim of claims) {
    const former = owners.get(claim.key);
    if (former !== undefined && former.what !== claim.what) {
      const message = `${claim.what} and ${former.what} are both ${claim.name} in the environment`;
      problems.push({ place: claim.place, message, remedy: "Rename one of them." });
    }
    owners.set(claim.key, former ?? claim);
  }
}

interface Claim {
  readonly key: string;
  readonly name: string;
  readonly what: string;
  readonly place: Place;
}

// Names that a service takes up: its own, even while it exports nothing, and those of its endpoints.
function claimsOf(service: OpenService): readonly Claim[] {
  const { name, exportPrefix, place } = service;
  const what = `service ${name}`;
  const own = exportPrefix + upperSnake(name);
  const { hasPort, named } = endpointNames(service.endpoints);
  const claims = named.flatMap((endpoint) => {
    const said = `endpoint ${endpoint} of ${name}`;
    const inside = `PORT_${upperSnake(endpoint)}`;
    const outside = `${own}_${upperSnake(endpoint)}`;
    return [
      { key: `${name} ${inside}`, name: inside, what: said, place },
      ...["PORT", "URL"].map((ending) => ({
        key: `${outside}_${ending}`,
        name: `${outside}_${ending}`,
        what: said,
        place,
      })),
    ];
  });
  const main = hasPort || named.length > 0 ? mainNames(own) : [];
  return [{ key: own, name: own, what, place }, ...main.map((key) => ({ key, name: key, what, place })), ...claims];
}

const shown = ({ file, line }: Place): string => `${file}:${line}`;
