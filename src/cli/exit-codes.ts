// Exit codes that are not an outcome of the rules (`exitCodeOf` in core gives those).

/** `launch run` when launch itself failed, as `env`, `nohup` and `timeout` answer it. */
export const launchFailed = 125;

/** A bug of ours (`EX_SOFTWARE` of sysexits.h). */
export const bug = 70;
