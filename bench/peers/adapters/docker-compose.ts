// docker compose: the service in containers that share the host's network, processes and the job's directory.

import { dirname } from "node:path";
import { entryOf, type Job, jsonText, type Peer, type Service } from "../peer.ts";

const notOurs = "its daemon serves the whole machine";

export const dockerCompose: Peer = {
  name: "docker compose",
  command: "docker",
  install: "apt-get install docker-compose-plugin && docker pull busybox:glibc",
  // Ends with 1 where no daemon answers.
  version: ["version"],
  cannot: {
    idle: `${notOurs}, so what it uses for these is not to be told`,
    cpu: `${notOurs}, so what it uses for these is not to be told`,
    orphans: `${notOurs}, so it is not killed`,
  },
  note: "the version is that of Docker; services are mounted into containers of busybox:glibc; each probe is a process in one, ten a second, since the daemon hangs with many more; memory is the client's alone",
  plan: (job) => ({
    files: {
      "compose.yaml": jsonText(
        { services: Object.fromEntries(job.services.map((service) => [service.name, entry(job, service)])) },
        job.services,
      ),
    },
    args: ["compose", "up"],
    way: "stays",
    stop: { signal: "SIGTERM", to: "process" },
    output: "stdout",
    check: ["compose", "config", "--quiet"],
    cleanUp: ["compose", "down", "--timeout", "0"],
  }),
};

function entry({ program, directory, services }: Job, service: Service): Readonly<Record<string, unknown>> {
  const { argv, port, probe, needs, restart, graceMs } = service;
  const probed = new Set(services.filter((other) => other.probe !== undefined).map(({ name }) => name));
  const condition = (need: string) => ({ condition: probed.has(need) ? "service_healthy" : "service_started" });
  const test = ["CMD", "wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${port}${probe?.path}`];
  return entryOf(service, "image", {
    image: "busybox:glibc",
    command: argv,
    network_mode: "host",
    pid: "host",
    volumes: [...new Set([dirname(program), directory])].map((path) => `${path}:${path}`),
    ...(probe === undefined ? {} : { healthcheck: { test, interval: "100ms", timeout: "1s", retries: 1000 } }),
    depends_on: Object.fromEntries(needs.map((need) => [need, condition(need)])),
    restart,
    stop_grace_period: `${graceMs}ms`,
  });
}
