/* SPDX-License-Identifier: Apache-2.0 */
import { render } from "preact";
import texts from "i18n:account,agent,banner,board,call,channel,close,common,composer,contact,context,delivery,empty,error,health,keys,list,offer,park,presence,rail,rtc,signin,state,thread,transfer,video,why,wrapup";
import { lang, useTexts } from "../lib/i18n";
import { applyTheme, languageWishes } from "../lib/prefs";
import { Gate } from "../ui/gate";
import { App } from "./app";
import { tidyDrafts } from "./drafts";

useTexts(texts, languageWishes());
applyTheme();
tidyDrafts();
lang.subscribe((value) => { document.documentElement.lang = value; });
render(<Gate><App /></Gate>, document.getElementById("app") as HTMLElement);
