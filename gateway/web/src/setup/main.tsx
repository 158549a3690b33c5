/* SPDX-License-Identifier: Apache-2.0 */
/* /setup#k=TOKEN: the first administrator. */
import { render } from "preact";
import texts from "i18n:setup,common,error";
import { lang, useTexts } from "../lib/i18n";
import { applyTheme, languageWishes } from "../lib/prefs";
import { Setup } from "./page";

useTexts(texts, languageWishes());
applyTheme();
lang.subscribe((value) => { document.documentElement.lang = value; });
const token = new URLSearchParams(location.hash.slice(1)).get("k") ?? "";
render(<Setup token={token} />, document.getElementById("app") as HTMLElement);
