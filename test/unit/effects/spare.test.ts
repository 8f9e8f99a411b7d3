import { describe, expect, test } from "vitest";
import { isShared } from "../../../src/effects/processes/spare.ts";

describe("what people share goes on", () => {
  test.each([
    ["chrome", "/opt/google/chrome/chrome http://localhost:3000"],
    ["chromium", "/usr/lib/chromium/chromium --type=renderer"],
    ["firefox", "/usr/lib/firefox/firefox"],
    ["gpg-agent", "gpg-agent --homedir /home/a/.gnupg --use-standard-socket --daemon"],
    ["watchman", "/usr/bin/watchman --foreground"],
    ["adb", "adb -L tcp:5037 fork-server server"],
    ["java", "/usr/bin/java -cp gradle.jar org.gradle.launcher.daemon.bootstrap.GradleDaemon 8.5"],
    ["java", "bazel(app) --add-opens=java.base/java.lang=ALL-UNNAMED -jar A-server.jar"],
  ])("%s", (name, command) => {
    expect(isShared(name, command, [])).toBe(true);
  });
  test.each([
    ["node", "node server.js"],
    ["java", "/usr/bin/java -jar app.jar"],
    ["chrome", "/opt/google/chrome/chrome --headless --remote-debugging-port=0"],
    ["chrome", "chrome --remote-debugging-pipe about:blank"],
    ["chromedriver-x", "/usr/bin/python3 firefoxes.py"],
  ])("but not what a service has for itself: %s %s", (name, command) => {
    expect(isShared(name, command, [])).toBe(false);
  });
  test("and what the manifest names", () => {
    expect(isShared("mydaemon", "/opt/bin/mydaemon -d", ["mydaemon"])).toBe(true);
    expect(isShared("sh", "/opt/bin/my-long-named-daemon -d", ["my-long-named-daemon"])).toBe(true);
  });
});
