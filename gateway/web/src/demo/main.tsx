/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up shop that carries the widget, and the ways to try everything else. */
import { render } from "preact";
import texts from "i18n:demo,common,error";
import { lang, useTexts } from "../lib/i18n";
import { applyTheme, languageWishes } from "../lib/prefs";
import { Demo } from "./page";

useTexts(texts, languageWishes());
applyTheme();
lang.subscribe((value) => { document.documentElement.lang = value; });
render(<Demo />, document.getElementById("app") as HTMLElement);
