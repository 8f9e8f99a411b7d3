// What can be done to a service: start, stop, restart, signal, attach, open. Asked first wherever something would be lost.

import { isActive, type Member } from "../../core/state.ts";
import { runningDependents, withRunningDependents } from "../../core/needs.ts";
import { runningServices } from "./running.ts";
import { question, signals } from "./menus.ts";
import { blindPeriod } from "./conflict-dialog.ts";
import type { Stage } from "./stage.ts";
import type { MenuOption } from "./ui.ts";

/** Stops what runs or wants to, starts what does not. */
export function toggle(stage: Stage): void {
  const member = selected(stage);
  if (member === undefined) return;
  const { name } = member.service;
  const isDown = member.state.status === "failed" || member.state.status === "exited";
  if (!isActive(member.state) && (!member.wanted || isDown)) {
    stage.say(`starting ${name}`);
    stage.attempt(stage.host.session.start([name]));
    return;
  }
  const affected = runningDependents(stage.host.session.snapshot(), name);
  const stop = (): void => {
    stage.say(`stopping ${name}`);
    stage.host.session.request({ type: "down", services: [name] });
  };
  if (affected.length === 0) return stop();
  ask(
    stage,
    `Stop ${name}?`,
    [
      `${affected.join(", ")} ${affected.length === 1 ? "needs" : "need"} it and ${affected.length === 1 ? "is" : "are"} running.`,
    ],
    {
      key: "y",
      text: `stop ${name}`,
      pick: stop,
    },
  );
}

/** Restarts the selected service alone, as far as its dependents' needs allow. */
export function restart(stage: Stage): void {
  const member = selected(stage);
  if (member === undefined) return;
  const { name } = member.service;
  if (!isActive(member.state)) {
    stage.say(`starting ${name}`);
    stage.attempt(stage.host.session.start([name]));
    return;
  }
  const affected = runningDependents(stage.host.session.snapshot(), name);
  const go = (): void => {
    stage.say(`restarting ${name}`);
    stage.host.session.request({ type: "restart", services: [name] });
  };
  if (affected.length === 0) return go();
  const all = [name, ...affected];
  ask(
    stage,
    `Restart ${name}?`,
    [`${affected.join(", ")} ${affected.length === 1 ? "uses" : "use"} it meanwhile.`],
    [
      { key: "y", text: `restart ${name} alone`, pick: go },
      {
        key: "R",
        text: `restart ${all.length === 2 ? "both" : `all ${all.length}`}: ${all.join(", ")}`,
        pick: () => restartAll(stage, name, all),
      },
    ],
  );
}

function restartAll(stage: Stage, name: string, all: readonly string[]): void {
  stage.say(`restarting ${all.join(", ")}`);
  stage.host.session.request({ type: "restart", services: [name], dependents: true });
}

/** Restarts the selected service and everything running that needs it. */
export function restartWithDependents(stage: Stage): void {
  const member = selected(stage);
  if (member === undefined) return;
  const { name } = member.service;
  if (!isActive(member.state)) {
    stage.say(`starting ${name}`);
    return stage.attempt(stage.host.session.start([name]));
  }
  const all = withRunningDependents(stage.host.session.snapshot(), [name]);
  const go = (): void => restartAll(stage, name, all);
  if (all.length === 1) return go();
  ask(stage, `Restart ${all.length} services?`, [all.join(", ")], { key: "y", text: "restart them", pick: go });
}

/** Offers the signals. */
export function chooseSignal(stage: Stage): void {
  const member = selected(stage);
  if (member === undefined) return;
  const { name } = member.service;
  if (!isRunning(member) || member.adopted || member.service.type === "external") {
    return stage.say(`${name} has no process of ours to signal`, "warn");
  }
  const send = (signal: string): void => {
    stage.say(`${signal} sent to ${name}`);
    stage.attempt(stage.host.session.signal(name, signal));
  };
  const options = signals.map(({ key, name: signal, says, ends }): MenuOption => ({
    key,
    text: `${signal.padEnd(8)} ${says}`,
    pick: () =>
      ends
        ? ask(
            stage,
            `Send ${signal} to ${name}?`,
            [`It ${says === "halt" ? "halts" : "may end"}; its restart policy is ${member.service.restart.policy}.`],
            {
              key: "y",
              text: `send ${signal}`,
              pick: () => send(signal),
            },
          )
        : send(signal),
  }));
  stage.change({ dialog: { kind: "menu", title: `Signal for ${name}`, lines: [], options, cursor: 0, from: 0 } });
}

/** Opens the service's page. */
export function openPage(stage: Stage): void {
  const url = stage.host.url(stage.ui.selected);
  if (url === undefined) return stage.say(`${stage.ui.selected} has no page, or no port yet`, "warn");
  stage.say(`opening ${url}`);
  stage.attempt(stage.host.deeds.openUrl(url));
}

/** Uses the service's own terminal until the person leaves it. */
export function attach(stage: Stage): void {
  const { selected: name } = stage.ui;
  stage.attempt(stage.lend(() => stage.host.deeds.attach(name)));
}

/** Opens the manifest where the service is. */
export function editConfig(stage: Stage): void {
  const member = selected(stage);
  if (member === undefined) return;
  const { file, line } = member.service.place;
  stage.attempt(stage.lend(() => stage.host.deeds.edit(file, line)));
}

/** Leaves; asks first when that stops services. */
export function quit(stage: Stage): void {
  const { host } = stage;
  if (!host.about.owner) return stage.leave({ kind: "left" });
  const running = runningServices(host.session.snapshot());
  const end = (): void => host.session.request({ type: "quit", by: "SIGINT", force: false });
  if (running.length === 0) return end();
  const count = running.length === 1 ? `${running[0]} is` : `${running.length} services are`;
  const options: readonly MenuOption[] = [
    { key: "q", text: "stop everything and quit", pick: end },
    { key: "d", text: "detach: leave, and let them run", pick: () => detach(stage) },
    { key: "n", text: "stay", pick: () => {} },
  ];
  stage.change({
    dialog: { kind: "menu", title: "Quit?", lines: [`${count} running.`], options, cursor: 0, from: stage.now() + 150 },
  });
}

/** Lets the run go on without this dashboard. */
export function detach(stage: Stage): void {
  stage.attempt(stage.host.session.detach().then(() => stage.leave({ kind: "detached" })));
}

/** Stops everything gracefully; at once when that is under way; the third time waits for nothing. A dashboard that does not own the run only leaves. */
export function stopAll(stage: Stage): void {
  const { session, about } = stage.host;
  if (!about.owner) return stage.leave({ kind: "left" });
  const { hurried, outcome } = session.snapshot();
  // An engine that does not react is no reason to stay.
  if (stage.ui.endAsked > 1 || (stage.ui.endAsked > 0 && hurried)) return stage.leave({ kind: "gone" });
  // The engine's answer may still be on its way when the key comes again.
  const isEnding = stage.ui.endAsked > 0 || outcome !== undefined;
  stage.change({ endAsked: stage.ui.endAsked + 1 });
  stage.say(isEnding ? "ending everything at once" : "stopping everything; Ctrl-C again ends it at once", "warn");
  session.request({ type: "quit", by: "SIGINT", force: isEnding });
}

function ask(stage: Stage, title: string, lines: readonly string[], yes: MenuOption | readonly MenuOption[]): void {
  stage.change({
    dialog: question(title, lines, [yes].flat(), stage.now() + (title.includes("KILL") ? blindPeriod : 150)),
  });
}

function selected({ host, ui }: Stage): Member | undefined {
  return host.session.snapshot().members[ui.selected];
}

function isRunning(member: Member | undefined): boolean {
  return member !== undefined && isActive(member.state);
}
