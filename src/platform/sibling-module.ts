/** The module `name` beside `home`, as source or as built. */
export function siblingModule(home: string, name: string): URL {
  return new URL(`./${name}${home.endsWith(".ts") ? ".ts" : ".js"}`, home);
}
