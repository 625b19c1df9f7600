export { defaultSizes, type ComponentName, type HierarchySizes } from "./components.ts";
export {
  crossoverDensity,
  hierarchyEnergy,
  hierarchyFormats,
  type HierarchyEnergy,
  type HierarchyLayer,
  type HierarchyLine,
} from "./hierarchy.ts";
export { hierarchyLayers } from "./layers.ts";
