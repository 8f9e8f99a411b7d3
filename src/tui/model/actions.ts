// Everything a person can do in the dashboard, by the name that a user's keymap calls it by, with the built-in keys.
// The dispatcher, the footer, the help and the palette are all made from this list, so that none of them can lie.

/**
 * Where the keys go. `services`: the table. `logs`: the log below it. `text`: help, why and the like in its place.
 * `lines`: choosing log lines to copy. A dialog takes every key for itself.
 */
export type Context = "services" | "logs" | "text" | "lines";

/** One thing to do. */
export interface ActionRow {
  /** What the footer says, in a word or two. */
  readonly hint: string;
  /** What help and palette say. */
  readonly says: string;
  readonly group: "Services" | "Views" | "Logs" | "Copy" | "Dashboard";
  /** Context to keys. */
  readonly keys: Partial<Readonly<Record<Context, readonly string[]>>>;
}

const everywhere = (...keys: readonly string[]): ActionRow["keys"] => ({
  services: keys,
  logs: keys,
  text: keys,
  lines: keys,
});
const panes = (...keys: readonly string[]): ActionRow["keys"] => ({ services: keys, logs: keys, text: keys });
const onLogs = (...keys: readonly string[]): ActionRow["keys"] => ({ services: keys, logs: keys });

/** Every action, in the order of the help. */
export const actions = {
  "next-service": {
    hint: "service",
    says: "select the next service",
    group: "Services",
    keys: { services: ["j", "down"] },
  },
  "previous-service": {
    hint: "service",
    says: "select the service before",
    group: "Services",
    keys: { services: ["k", "up"] },
  },
  "select-number": {
    hint: "nth service",
    says: "select the service with this number in the table",
    group: "Services",
    keys: panes("1", "2", "3", "4", "5", "6", "7", "8", "9"),
  },
  "next-trouble": {
    hint: "next trouble",
    says: "select the next service that is in trouble",
    group: "Services",
    keys: panes("!"),
  },
  "filter-services": {
    hint: "find service",
    says: "show only services with these letters in their name or state; !: those in trouble",
    group: "Services",
    keys: panes("F"),
  },
  restart: { hint: "restart", says: "restart the service", group: "Services", keys: panes("r") },
  "restart-with-dependents": {
    hint: "restart all",
    says: "restart the service and all that need it",
    group: "Services",
    keys: panes("R"),
  },
  toggle: { hint: "stop/start", says: "stop the service, or start it", group: "Services", keys: panes("s") },
  signal: { hint: "signal", says: "send a signal to the service", group: "Services", keys: panes("x") },
  attach: {
    hint: "attach",
    says: "use the service's own terminal (services with tty: true)",
    group: "Services",
    keys: panes("a"),
  },
  open: { hint: "open", says: "open the service's page in the browser", group: "Services", keys: panes("o") },
  "edit-config": {
    hint: "edit",
    says: "edit the service's place in the manifest",
    group: "Services",
    keys: panes(","),
  },
  why: {
    hint: "why",
    says: "why the service is as it is, and all about its run",
    group: "Views",
    keys: panes("w", "i"),
  },
  tree: { hint: "tree", says: "who needs whom, with states", group: "Views", keys: panes("d") },
  journal: { hint: "journal", says: "what happened and what was decided", group: "Views", keys: panes("J") },
  conflicts: {
    hint: "conflicts",
    says: "answer the port conflicts that are open",
    group: "Views",
    keys: everywhere("C"),
  },
  merged: {
    hint: "all logs",
    says: "the logs of all services in one, or of the selected one",
    group: "Views",
    keys: panes("m"),
  },
  zoom: {
    hint: "zoom",
    says: "give the lower pane the whole screen, or take it back",
    group: "Views",
    keys: panes("enter", "z"),
  },
  "switch-pane": {
    hint: "pane",
    says: "move the keys between the table and the log",
    group: "Views",
    keys: panes("tab", "shift-tab"),
  },
  back: {
    hint: "back",
    says: "leave what is open: a view, a search, the zoom",
    group: "Views",
    keys: everywhere("esc"),
  },
  follow: { hint: "follow", says: "follow the end of the log, or stop there", group: "Logs", keys: onLogs("space") },
  "line-down": {
    hint: "scroll",
    says: "one line down",
    group: "Logs",
    keys: { services: ["ctrl-e"], logs: ["j", "down", "ctrl-e"], text: ["j", "down", "ctrl-e"], lines: ["j", "down"] },
  },
  "line-up": {
    hint: "scroll",
    says: "one line up",
    group: "Logs",
    keys: { services: ["ctrl-y"], logs: ["k", "up", "ctrl-y"], text: ["k", "up", "ctrl-y"], lines: ["k", "up"] },
  },
  "page-down": { hint: "page", says: "one page down", group: "Logs", keys: everywhere("pagedown", "ctrl-d") },
  "page-up": { hint: "page", says: "one page up", group: "Logs", keys: everywhere("pageup", "ctrl-u") },
  top: { hint: "top", says: "to the beginning", group: "Logs", keys: everywhere("g", "home") },
  bottom: { hint: "bottom", says: "to the end, and follow it", group: "Logs", keys: everywhere("G", "end") },
  search: {
    hint: "search",
    says: "search: text, or /a regular expression/; small letters find both cases",
    group: "Logs",
    keys: onLogs("/"),
  },
  "next-match": { hint: "next", says: "the next match", group: "Logs", keys: onLogs("n") },
  "previous-match": { hint: "previous", says: "the match before", group: "Logs", keys: onLogs("N") },
  filter: {
    hint: "filter",
    says: "show only lines that match; ! in front: only those that do not",
    group: "Logs",
    keys: onLogs("f"),
  },
  level: {
    hint: "level",
    says: "show all levels, warnings and errors, or errors alone",
    group: "Logs",
    keys: onLogs("L"),
  },
  "next-error": {
    hint: "next error",
    says: "to the next line that reports an error",
    group: "Logs",
    keys: onLogs("E"),
  },
  "previous-error": { hint: "previous error", says: "to the error before", group: "Logs", keys: onLogs("alt-e") },
  wrap: { hint: "wrap", says: "wrap long lines, or cut them", group: "Logs", keys: onLogs("W") },
  timestamps: { hint: "times", says: "show times, or hide them", group: "Logs", keys: onLogs("t") },
  "scroll-left": {
    hint: "left",
    says: "back towards the beginning of long lines",
    group: "Logs",
    keys: onLogs("[", "left"),
  },
  "scroll-right": { hint: "right", says: "see more of long lines", group: "Logs", keys: onLogs("]", "right") },
  mark: { hint: "mark", says: "put a line with the time into the view", group: "Logs", keys: onLogs("M") },
  clear: { hint: "clear", says: "begin the view anew; the log file stays as it is", group: "Logs", keys: onLogs("c") },
  copy: { hint: "copy", says: "copy the matching line, or what is visible", group: "Copy", keys: everywhere("y") },
  "copy-part": {
    hint: "copy what",
    says: "copy the line, the match or what is visible: asks which",
    group: "Copy",
    keys: onLogs("Y"),
  },
  "select-lines": {
    hint: "select",
    says: "choose lines to copy",
    group: "Copy",
    keys: { services: ["v"], logs: ["v"], lines: ["v"] },
  },
  stream: {
    hint: "plain logs",
    says: "leave the dashboard for plain scrolling logs, until a key is pressed",
    group: "Copy",
    keys: onLogs("l"),
  },
  save: { hint: "save", says: "save the view to a file under .launch", group: "Copy", keys: onLogs("S") },
  "edit-log": { hint: "editor", says: "open the log in the editor at this line", group: "Copy", keys: onLogs("e") },
  palette: {
    hint: "actions",
    says: "find an action by its words, or a service by its name",
    group: "Dashboard",
    keys: everywhere(":"),
  },
  help: { hint: "help", says: "all keys", group: "Dashboard", keys: everywhere("?") },
  mouse: {
    hint: "mouse",
    says: "let the dashboard have the mouse, or leave it to the terminal",
    group: "Dashboard",
    keys: everywhere("alt-m"),
  },
  detach: {
    hint: "detach",
    says: "leave the dashboard; the services run on",
    group: "Dashboard",
    keys: everywhere("D"),
  },
  quit: {
    hint: "quit",
    says: "leave; asks first where that would stop services",
    group: "Dashboard",
    keys: everywhere("q"),
  },
  stop: {
    hint: "stop all",
    says: "stop everything gracefully; a second time: at once. A dashboard that joined only leaves",
    group: "Dashboard",
    keys: everywhere("ctrl-c"),
  },
} as const satisfies Readonly<Record<string, ActionRow>>;

/** The name of an action. */
export type Action = keyof typeof actions;

/** The row of an action. */
export function rowOf(action: Action): ActionRow {
  return actions[action];
}

/** All names, in the order of the help. */
export const actionNames = Object.keys(actions) as readonly Action[];
