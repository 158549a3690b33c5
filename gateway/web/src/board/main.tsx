/* SPDX-License-Identifier: Apache-2.0 */
import { render } from "preact";
import texts from "i18n:account,agent,banner,board,channel,common,contact,error,health,list,needs,offer,park,close,signin,state,thread,transfer,composer,video,rail,why";
import { lang, useTexts } from "../lib/i18n";
import { applyTheme, languageWishes } from "../lib/prefs";
import { Gate } from "../ui/gate";
import { Board } from "./app";

useTexts(texts, languageWishes());
applyTheme();
lang.subscribe((value) => { document.documentElement.lang = value; });
render(<Gate><Board /></Gate>, document.getElementById("app") as HTMLElement);
