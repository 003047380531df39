/** The page of those who work with it: the words of everyone's page, and their own. */

import { loadPack } from "./language.js";
import { Page } from "./page.js";

export class StaffPage extends Page {
  async use(code) {
    const [pack, own] = await Promise.all([loadPack(code), fetch(`/static/languages/staff/${code}.json`).then((answer) => answer.json())]);
    Object.assign(pack.words, own);
    return super.use(code);
  }
}
