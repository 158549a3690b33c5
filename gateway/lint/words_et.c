/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
#include "gateway/lint/words.h"

const struct lint_words lint_words_et[LINT_CODE_COUNT] = {
[LINT_QUEUE_NO_MEMBERS] = {{
	"järjekord {0}: keegi ei teeninda seda",
	"Selle pöördumised ootavad igavesti.",
	"Lisa järjekord mõnele kasutajale."}},
[LINT_QUEUE_FORMER_MEMBERS] = {{
	"järjekord {0}: kõik selle liikmed ({1}) on eemaldatud või ei võta pöördumisi",
	"Selle pöördumised ootavad igavesti.",
	"Lisa järjekord kasutajale, kelle roll on agent või supervisor."}},
[LINT_QUEUE_NO_SKILLED] = {{
	"järjekord {0}: ühelgi selle liikmel ({1}) pole nõutud oskusi",
	"Selle pöördumised ootavad igavesti, sest ükski samm ei loobu puuduvast.",
	"Anna mõnele liikmele oskused vajalikul tasemel või loobu neist viimasel sammul."}},
[LINT_QUEUE_LAST_STEP] = {{
	"järjekord {0}: selle viimane samm ei lase ligi ühtki liiget ({1})",
	"Viimane samm kestab lõputult: keda enne ei teenindata, ootab igavesti.",
	"Tõsta viimase sammu väärtusi ring_max ja penalty_max või jäta need ära."}},
[LINT_QUEUE_UNCOVERED] = {{
	"järjekord {0}: seda teenindab vaid {1}, mis on suletud {4} h nädalas, kui {0} on avatud, alates {2:day} {3}",
	"Kes siis tuleb, ootab, kuni {1} avatakse.",
	"Anna järjekorrale {0} oma liikmed või järjekorra {1} lahtiolekuajad."}},
[LINT_STEP_NOBODY] = {{
	"järjekord {0}: sammul {1} ei tohi keegi pöördumist võtta",
	"Iga pöördumine ootab selle sammu asjata ära.",
	"Leevenda sammu, eemalda see või anna mõnele liikmele, mida see nõuab."}},
[LINT_RING_IDLE] = {{
	"järjekord {0}: ring_max {1} ei jäta kedagi välja, sest kaugemas ringis pole ühtki liiget",
	"Piir ei muuda midagi.",
	"Pane liikmeid kaugematesse ringidesse või jäta ring_max ära."}},
[LINT_PENALTY_IDLE] = {{
	"järjekord {0}: penalty_max {1} ei jäta kedagi välja, sest ühelgi liikmel pole rohkem",
	"Piir ei muuda midagi.",
	"Anna liikmetele penalty-väärtused või jäta penalty_max ära."}},
[LINT_PREFERRED_NOBODY] = {{
	"järjekord {0}: see eelistab oskust {1}, mida pole ühelgi selle liikmel",
	"Eelistus ei muuda midagi.",
	"Anna oskus mõnele liikmele või eemalda eelistus."}},
[LINT_STEP_ZERO] = {{
	"järjekord {0}: samm {1} kestab 0 sekundit",
	"See on läbi, enne kui kedagi otsitakse.",
	"Anna sellele sekundeid või eemalda see."}},
[LINT_STEP_NEVER] = {{
	"järjekord {0}: samm {1} algaks {2} s pärast, kuid {3} lõpetab ootamise {4} s pärast",
	"Seda sammu ja järgmisi ei tule kunagi.",
	"Lühenda eelmisi samme või pikenda väärtust {3}."}},
[LINT_STEP_AFTER_OVERFLOW] = {{
	"järjekord {0}: samm {1} algaks {2} s pärast, kuid {3} annab pöördumise edasi {4} s pärast",
	"Samm tuleb vaid siis, kui ülevool pole võimalik.",
	"Lühenda eelmisi samme või pikenda väärtust {3}."}},
[LINT_STEP_TIGHTER] = {{
	"järjekord {0}: samm {1} on eelmisest rangem: {2}",
	"Kes enne tohtis pöördumist võtta, enam ei tohi, kuigi on kauem oodatud.",
	"Lase väärtusel {2} sammust sammu vaid leeveneda."}},
[LINT_STEP_SAME] = {{
	"järjekord {0}: samm {1} ei muuda midagi",
	"See on sama mis eelmine.",
	"Eemalda see või leevenda selles midagi."}},
[LINT_UNTIL_STEP] = {{
	"järjekord {0}: until_step {1} ei saabu kunagi; viimane samm on {2}",
	"Oskus jääb lõputult nõutuks.",
	"Lisa samme või vähenda väärtust until_step."}},
[LINT_DROP_UNASKED] = {{
	"järjekord {0}: samm {1} loobub oskusest {2}, mida järjekord ei nõua",
	"See mõjutab vaid pöördumisi, mis nõuavad seda ise.",
	"Eemalda see loendist drop või nõua oskust."}},
[LINT_RAISE_IDLE] = {{
	"järjekord {0}: priority_raise sammul {1} ei muuda midagi prioriteedil {2}",
	"Pöördumised jäävad oma kohale.",
	"Anna järjekorrale prioriteet, mida saab tõsta, või eemalda priority_raise."}},
[LINT_PRIORITY_UNUSED] = {{
	"järjekord {0}: selle vananemine eristab prioriteete, kuid kõik pöördumised tulevad prioriteediga {1}",
	"Mõju on vaid prioriteedil, mida juhendaja käsitsi muudab.",
	"Anna nende teenindajate järjekordadele eri prioriteedid või vali viis strict."}},
[LINT_TIER_STARVES] = {{
	"järjekord {0}: iga selle liige teenindab ka madalama taseme pöördumisi ({3}, nagu järjekorras {1}, enne taset {2})",
	"Tasemed on ranged: kuni {1} pole tühi, ei teenindata järjekorras {0} kedagi.",
	"Anna mõlemale sama tase ja vananemine, tõsta prioriteeti hilisemal sammul või jäta järjekorrale {0} oma liige."}},
[LINT_TIER_MIXED] = {{
	"järjekord {0}: sel on järjekorraga {1} ühised teenindajad ja sama tase {2}, kuid teine vananemisviis",
	"Edumaid, tähtaegu ja kasvusid võrreldakse, nagu oleksid need samad: selline kord on vaevalt mõeldud.",
	"Anna mõlemale sama viis või eri tasemed."}},
[LINT_OVERFLOW_SELF] = {{
	"järjekord {0}: selle ülevool viib iseendasse",
	"Midagi ei anta edasi.",
	"Nimeta teine järjekord või eemalda ülevool."}},
[LINT_OVERFLOW_REMOVED] = {{
	"järjekord {0}: järjekord, kuhu ülevool viib, on eemaldatud",
	"Midagi ei anta edasi.",
	"Nimeta teine järjekord või eemalda ülevool."}},
[LINT_OVERFLOW_RING] = {{
	"järjekord {0}: ülevool käib ringi: {1}",
	"Kui kõik on hõivatud, käib pöördumine kuni 8 korda ringi ja alustab iga kord oma samme uuesti.",
	"Eemalda ülevool ühest neist järjekordadest."}},
[LINT_OVERFLOW_RING_WAIT] = {{
	"järjekord {0}: ootaja käib ringi: {1}",
	"Iga pöördumine, mida keegi ei võta, käib kuni 8 korda ringi ja alustab iga kord oma samme uuesti.",
	"Eemalda ootamise ülevool ühest neist järjekordadest."}},
[LINT_OVERFLOW_IDLE] = {{
	"järjekord {0}: miski ei pane seda üle voolama järjekorda {1}",
	"Ülevoolu ei juhtu kunagi.",
	"Määra after_seconds, length või absent, või lase väärtusel full, expired või closed üle voolata."}},
[LINT_OVERFLOW_UNSERVED] = {{
	"järjekord {0}: ülevool viib järjekorda {1}, kus keegi ei saa pöördumisi võtta",
	"Kes sinna satub, ootab seal igavesti.",
	"Anna järjekorrale {1} liikmeid, kel on nõutud oskused, või nimeta teine järjekord."}},
[LINT_OVERFLOW_CLOSED_TOO] = {{
	"järjekord {0}: kui see on suletud, on suletud ka {1}",
	"Suletud järjekorra ülevoolu ei juhtu kunagi: pöördumised ootavad avamist.",
	"Anna järjekorrale {1} pikemad lahtiolekuajad või vali muu käsitlus ajaks, kui {0} on suletud."}},
[LINT_OVERFLOW_HOLE] = {{
	"järjekord {0}: selle ja järjekorra {1} vahel pole {2:day} kell {3}–{4} kumbki avatud",
	"Siis tulijat ei suunata edasi, kuigi enne ja pärast suunatakse.",
	"Lase lahtiolekuaegadel kokku puutuda."}},
[LINT_OVERFLOW_SMALL] = {{
	"järjekord {0}: kui ootab {2}, voolab see üle järjekorda {1}, kuhu mahub {3}",
	"Kui seda vaja on, on ka {1} täis.",
	"Suurenda järjekorra {1} väärtust length_max või nimeta suurem järjekord."}},
[LINT_OVERFLOW_LENGTH_LATE] = {{
	"järjekord {0}: see voolaks üle, kui ootab {1}, kuid on täis juba siis, kui ootab {2}",
	"Pikkuse ülevoolu ei juhtu kunagi.",
	"Tee overflow.length väiksemaks kui length_max."}},
[LINT_OVERFLOW_LATE] = {{
	"järjekord {0}: see voolaks üle {1} s pärast, kuid ootamine lõpeb {2} s pärast",
	"Ootamise ülevoolu ei juhtu kunagi.",
	"Tee overflow.after_seconds lühemaks kui wait_max_seconds."}},
[LINT_FULL_IDLE] = {{
	"järjekord {0}: full on overflow, kuid ilma väärtuseta length_max pole see kunagi täis",
	"Seade ei muuda midagi.",
	"Määra length_max või jäta full ära."}},
[LINT_EXPIRED_IDLE] = {{
	"järjekord {0}: expired on määratud, kuid ilma väärtuseta wait_max_seconds ootamine ei aegu",
	"Seade ei muuda midagi.",
	"Määra wait_max_seconds või jäta expired ära."}},
[LINT_HOURS_NEVER] = {{
	"järjekord {0}: see pole järgmise kahe aasta jooksul kordagi avatud",
	"Selle pöördumisi ei pakuta kunagi.",
	"Anna lahtiolekuaegadele nädal või erand, mil ollakse avatud."}},
[LINT_HOURS_SHORT] = {{
	"järjekord {0}: {1:day} kell {2} on see avatud {3} min, lühemalt kui pakkumine ({4} s)",
	"See suletakse, enne kui esimene peab vastama.",
	"Pikenda lahtiolekut või lühenda pakkumist."}},
[LINT_HOURS_PAST] = {{
	"järjekord {0}: kõik selle lahtiolekuaegade erandid on möödas, viimane {1}",
	"Tulevad pühad on puudu.",
	"Kanna sisse tulevad erandid või eemalda vanad."}},
[LINT_WEEKDAY_MISSING] = {{
	"kanal {0}: selle järjekord {1} pole {2:day} avatud, kuid muudel tööpäevadel on",
	"Unustatud päev näeb välja just selline.",
	"Lisa päev lahtiolekuaegadesse; kui see on meelega suletud, võib nii jääda."}},
[LINT_RESERVE_MEMBERS] = {{
	"järjekord {0}: selle varu {1} pole väiksem kui liikmete arv ({2})",
	"Edasilükatavat tööd (e-post, kirjad, sõnumid, tagasihelistamised) ei anta kunagi kellelegi.",
	"Vähenda varu või lisa liikmeid."}},
[LINT_PARALLEL_MEMBERS] = {{
	"järjekord {0}: see pakub korraga {1} inimesele, kuid liikmeid on {2}",
	"Nii palju pole neid kunagi.",
	"Vähenda väärtust parallel või lisa liikmeid."}},
[LINT_AUTOMATIC_PARALLEL] = {{
	"järjekord {0}: see on automaatne, nii et parallel {1} ei muuda midagi",
	"Määratud pöördumine läheb kohe ühele.",
	"Vali üks neist kahest."}},
[LINT_AUTOMATIC_LEASE] = {{
	"järjekord {0}: see on automaatne, kuid võtab pöördumise tagasi {1} s pärast, varem kui pakkumine ({2} s) lõpeks",
	"Pöördumised käivad käest kätte, enne kui keegi on neid näinud.",
	"Tee first_reply_seconds pikemaks kui offer_s."}},
[LINT_FIRST_REPLY_SHORT] = {{
	"järjekord {0}: esimeseks vastuseks on {1} s",
	"Keegi ei jõua selle ajaga lugeda ja vastata: pöördumised käivad käest kätte.",
	"Pikenda väärtust first_reply_seconds."}},
[LINT_REPLY_SHORT_MAIL] = {{
	"järjekord {0}: teenindaja kaotab e-kirja või kirja {1} s pärast, kui ei vasta",
	"Postile vastamine võtab kauem: see käib käest kätte.",
	"Anna postile oma järjekord või pikemad vastamisajad."}},
[LINT_SILENCE_SHORT] = {{
	"järjekord {0}: kliendi pöördumine suletakse, kui ta on vait olnud {1} s",
	"Enamik kirjutab aeglasemalt.",
	"Pikenda väärtust silence_seconds."}},
[LINT_LENGTH_MEMBERS] = {{
	"järjekord {0}: see on täis, kui ootab {1}, kuid liikmeid on {2}",
	"Pöördumisi lükatakse tagasi, kui igale liikmele pakutakse üht.",
	"Tõsta length_max liikmete arvust suuremaks."}},
[LINT_WAIT_OFFER] = {{
	"järjekord {0}: ootamine lõpeb {1} s pärast, enne kui pakkumine ({2} s) läbi on",
	"Vastamata pakkumine jääb ainsaks.",
	"Pikenda väärtust wait_max_seconds või lühenda väärtust offer_s."}},
[LINT_MAIL_REFUSED] = {{
	"järjekord {0}: {1} lõpetab pöördumisi, kuid siia tuleb e-kirju, kirju või sõnumeid",
	"Neid ei lükata tagasi, vaan hoitakse alles ja proovitakse uuesti, nii et piir ei pea; aegunu suletakse lugemata.",
	"Lase väärtusel {1} oodata või üle voolata, või anna neile oma järjekord."}},
[LINT_POSITION_TIES] = {{
	"järjekord {0}: selle kord on top-down, kuid liikmetel on sama koht",
	"Nende seas on vanem konto alati esimene.",
	"Anna igale liikmele oma koht."}},
[LINT_DRAW_EQUAL] = {{
	"järjekord {0}: selle kord on weighted-random, kuid kõik kaalud on võrdsed",
	"Iga liige on sama tõenäoline.",
	"Anna liikmetele eri kaalud või jäta nii, kui see on mõeldud."}},
[LINT_SERVICE_TARGET] = {{
	"järjekord {0}: {1} % {2} sekundi jooksul nõuab kiireimal ajal {3} teenindajat, liikmeid on {4}",
	"Eesmärki ei saavutata ka siis, kui kõik on kohal.",
	"Lisa liikmeid või sea eesmärk, mida saab täita."}},
[LINT_CHANNEL_QUEUE_REMOVED] = {{
	"kanal {0}: selle järjekord on eemaldatud, nii et pöördumised lükatakse tagasi",
	"Kes sinna kirjutab või helistab, saadetakse ära.",
	"Nimeta teine järjekord."}},
[LINT_WEIGHT_TOO_HEAVY] = {{
	"kanal {0}: pöördumine kaalub {1}, kuid ühegi järjekorra {2} liikme mahutavus pole üle {3}",
	"Selle pöördumised ootavad igavesti.",
	"Vähenda kaalu või suurenda mahutavust."}},
[LINT_WEIGHT_ZERO] = {{
	"kanal {0}: pöördumine kaalub 0 ja max ei piira nende arvu",
	"Ühele võidakse anda korraga 256.",
	"Määra kaal või max."}},
[LINT_COUNT_IDLE] = {{
	"kanal {0}: max on {1}, kuid ükski mahutavus ei mahuta kaaluga {3} rohkem kui {2}",
	"Piirini ei jõuta kunagi.",
	"Vähenda väärtust max või kaalu."}},
[LINT_EXCLUSIVE_BLOCKS] = {{
	"kanal {0}: see on välistav ja {1} ei katkesta seda",
	"Kellel see käsil on, võib-olla päevi, ei saa kanalist {1} midagi.",
	"Lisa {0} kanali {1} loendisse interrupts või ära tee seda välistavaks."}},
[LINT_INTERRUPTS_RING] = {{
	"kanal {0}: see katkestab kanalit {1} ja too katkestab ka seda",
	"Kumbki ei võta teiselt ruumi, nii et sama inimene saab mõlemat täies mahus.",
	"Lase katkestada vaid kiiremal."}},
[LINT_AGENT_NO_QUEUE] = {{
	"teenindaja {0}: ei teeninda ühtki järjekorda",
	"Talle ei pakuta muud kui nimeliselt edasi antut.",
	"Lisa järjekord või eemalda konto."}},
[LINT_AGENT_CAPACITY] = {{
	"teenindaja {0}: mahutavusse {1} ei mahu isegi kergeim pöördumine ({2})",
	"Talle ei pakuta kunagi midagi.",
	"Suurenda mahutavust."}},
[LINT_AGENT_NOTHING] = {{
	"teenindaja {0}: ei saa ühestki oma järjekorrast midagi võtta",
	"Oskused, ringid ja penalty-väärtused hoiavad teda igast sammust eemal.",
	"Lisa oskusi või vähenda ringi või penalty-väärtust."}},
[LINT_MEMBER_UNREACHED] = {{
	"teenindaja {0}: ring {2} ja penalty {3} järjekorras {1} ületavad iga sammu piire",
	"Sellest järjekorrast ei pakuta kunagi midagi.",
	"Vähenda ringi või penalty-väärtust või tõsta viimase sammu piire."}},
[LINT_SKILL_UNUSED] = {{
	"oskus {0}: seda pole kellelgi ja ükski järjekord ei nõua seda",
	"See ei muuda midagi.",
	"Anna see teenindajatele või nõua seda."}},
[LINT_LANGUAGE_NOBODY] = {{
	"oskus {0}: seda pole kellelgi, kuid iga selles keeles pöördumine nõuab seda",
	"Need pöördumised ootavad igavesti.",
	"Anna see teenindajatele, kes seda keelt räägivad."}},
};
