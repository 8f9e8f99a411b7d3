import { expect, it } from "vitest";
import { neededProgram } from "../../../src/effects/processes/shell-program.ts";

it.each([
  ["node server.js", "node"],
  ["  node server.js\n", "node"],
  ["node server.js;", "node"],
  ["NODE_ENV=dev node server.js", "node"],
  ["A='x y' B=\"$C z\" D=a\\ b node server.js", "node"],
  ["npm run build && npm start", "npm"],
  ["npm start 2>&1 | tee log", "npm"],
  ["npm start >out 2>&1", "npm"],
  ["./run --name 'a || b; c'", "./run"],
  ["node -e \"a || b; 'c'\"", "node"],
  ["node # || other", "node"],
  ["node x#y", "node"],
])("%j cannot do without its program", (script, program) => {
  expect(neededProgram(script)).toBe(program);
});

it.each([
  "nosuch || other",
  "nosuch && a || b",
  "a && nosuch || b",
  "nosuch; other",
  "nosuch & other",
  "nosuch &",
  "nosuch\nother",
  "nosuch\n# words\nother",
  "! nosuch",
  "(nosuch) || other",
  "{ nosuch; } || other",
  "if nosuch; then a; fi",
  "nosuch() { echo; }; nosuch",
  "nosuch () { echo; }; nosuch",
  "command -v nosuch && nosuch",
  "PATH=./bin:$PATH nosuch",
  "X=$(cat nosuch) nosuch",
  "X=`cat nosuch` nosuch",
  "cat <<END\nnosuch\nEND",
  "$NOSUCH a",
  '"$DIR"/nosuch',
  "~/bin/nosuch",
  ">out nosuch",
  "X=1",
  "echo 'unterminated",
  "",
])("%j may do without any one program", (script) => {
  expect(neededProgram(script)).toBeUndefined();
});
