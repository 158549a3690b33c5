/* SPDX-License-Identifier: Apache-2.0 */
/* The customer's way into a video room: /v/TICKET. */
import { render } from "preact";
import texts from "i18n:video,rtc,common";
import { lang, useTexts } from "../lib/i18n";
import { applyTheme, languageWishes } from "../lib/prefs";
import { VideoPage } from "./page";

useTexts(texts, languageWishes());
applyTheme();
lang.subscribe((value) => { document.documentElement.lang = value; });

const ticket = decodeURIComponent(location.pathname.split("/").filter(Boolean).at(-1) ?? "");
render(<VideoPage ticket={ticket} />, document.getElementById("app") as HTMLElement);
