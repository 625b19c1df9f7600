import { cardScript } from "./client/card.ts";
import { contentsScript } from "./client/contents.ts";
import { limitsScript } from "./client/limits.ts";
import { saveScript } from "./client/save.ts";

/** The script of the page: comforts only, every number can be read without it. */
export const pageScript: string = contentsScript + limitsScript + saveScript + cardScript;
