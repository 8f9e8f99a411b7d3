// Exit codes that are not an outcome of the rules (`exitCodeOf` in core gives those).

/** `launch run` when launch itself failed, as `env`, `nohup` and `timeout` answer it. */
export const launchFailed = 125;

/** There is no run here that can be talked to: `launch status` and others. */
export const unreachable = 4;

/** A bug of ours (`EX_SOFTWARE` of sysexits.h). */
export const bug = 70;
