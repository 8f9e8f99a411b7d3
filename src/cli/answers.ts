// Who answers port conflicts: the command line's policy, or the person at the terminal.

import type { Conflict } from "../core/conflict.ts";
import type { Choice, Service } from "../core/service.ts";
import { decide } from "../plan/conflicts.ts";
import type { Answer } from "../supervisor/supervisor.ts";

/** The policy that the command line sets. */
export interface Policy {
  readonly onConflict?: Exclude<Choice, "quit"> | "fail";
  readonly strictPorts: boolean;
}

/** The answer without a person: the first of its conflicts that cannot be settled decides for the service. */
export function answerByPolicy(service: Service, conflicts: readonly Conflict[], policy: Policy): Answer | undefined {
  const decisions = conflicts.flatMap((conflict) => {
    const endpoint = service.endpoints.find((one) => one.name === conflict.endpoint);
    return endpoint === undefined ? [] : [decide(conflict, endpoint, policy)];
  });
  const decision = decisions.find((one) => one.choice === "fail") ?? decisions[0];
  return decision === undefined ? undefined : { choice: decision.choice, because: decision.reason, restartUsers: true };
}

/** True when moving away from this holder should be kept for the next run: the other one will be there again. */
export function isLasting(conflicts: readonly Conflict[]): boolean {
  return conflicts.some(
    ({ holder }) => holder.kind === "lease" || (holder.kind === "process" && holder.holder.project !== undefined),
  );
}
