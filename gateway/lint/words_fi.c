/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
#include "gateway/lint/words.h"

const struct lint_words lint_words_fi[LINT_CODE_COUNT] = {
[LINT_QUEUE_NO_MEMBERS] = {{
	"jono {0}: kukaan ei palvele sitä",
	"Sen yhteydenotot odottavat ikuisesti.",
	"Lisää jono jollekin käyttäjälle."}},
[LINT_QUEUE_FORMER_MEMBERS] = {{
	"jono {0}: kaikki sen jäsenet ({1}) on poistettu tai eivät ota yhteydenottoja",
	"Sen yhteydenotot odottavat ikuisesti.",
	"Lisää jono käyttäjälle, jonka rooli on agent tai supervisor."}},
[LINT_QUEUE_NO_SKILLED] = {{
	"jono {0}: yhdelläkään sen jäsenellä ({1}) ei ole sen vaatimia taitoja",
	"Sen yhteydenotot odottavat ikuisesti, koska mikään vaihe ei luovu puuttuvasta.",
	"Anna jollekin jäsenelle taidot tarvittavalla tasolla tai luovu niistä viimeisessä vaiheessa."}},
[LINT_QUEUE_LAST_STEP] = {{
	"jono {0}: sen viimeinen vaihe ei päästä mukaan yhtään sen jäsentä ({1})",
	"Viimeinen vaihe kestää loputtomiin: joka ei pääse palveltavaksi ennen sitä, odottaa ikuisesti.",
	"Nosta viimeisen vaiheen arvoja ring_max ja penalty_max tai jätä ne pois."}},
[LINT_QUEUE_UNCOVERED] = {{
	"jono {0}: sitä palvelee vain {1}, joka on kiinni {4} h viikossa jonon {0} ollessa auki, alkaen {2:day} {3}",
	"Silloin tuleva odottaa, kunnes {1} aukeaa.",
	"Anna jonolle {0} omia jäseniä tai jonon {1} aukioloajat."}},
[LINT_STEP_NOBODY] = {{
	"jono {0}: vaiheessa {1} kukaan ei saa ottaa yhteydenottoa",
	"Jokainen yhteydenotto odottaa tämän vaiheen turhaan.",
	"Löysää vaihetta, poista se tai anna jollekin jäsenelle, mitä se vaatii."}},
[LINT_RING_IDLE] = {{
	"jono {0}: ring_max {1} ei sulje ketään pois, koska kukaan jäsen ei ole ulommalla kehällä",
	"Raja ei vaikuta mihinkään.",
	"Siirrä jäseniä ulommille kehille tai jätä ring_max pois."}},
[LINT_PENALTY_IDLE] = {{
	"jono {0}: penalty_max {1} ei sulje ketään pois, koska kenelläkään jäsenellä ei ole enempää",
	"Raja ei vaikuta mihinkään.",
	"Anna jäsenille penalty-arvoja tai jätä penalty_max pois."}},
[LINT_PREFERRED_NOBODY] = {{
	"jono {0}: se suosii taitoa {1}, jota ei ole kenelläkään sen jäsenellä",
	"Suosiminen ei vaikuta mihinkään.",
	"Anna taito jollekin jäsenelle tai poista se suosituista."}},
[LINT_STEP_ZERO] = {{
	"jono {0}: vaihe {1} kestää 0 sekuntia",
	"Se on ohi ennen kuin ketään on haettu.",
	"Anna sille sekunteja tai poista se."}},
[LINT_STEP_NEVER] = {{
	"jono {0}: vaihe {1} alkaisi {2} s kuluttua, mutta {3} lopettaa odotuksen {4} s kuluttua",
	"Vaihe ja sen jälkeiset vaiheet eivät koskaan tule.",
	"Lyhennä edellisiä vaiheita tai pidennä arvoa {3}."}},
[LINT_STEP_AFTER_OVERFLOW] = {{
	"jono {0}: vaihe {1} alkaisi {2} s kuluttua, mutta {3} siirtää yhteydenoton pois {4} s kuluttua",
	"Vaihe tulee vain silloin, kun ylivuoto ei ole mahdollinen.",
	"Lyhennä edellisiä vaiheita tai pidennä arvoa {3}."}},
[LINT_STEP_TIGHTER] = {{
	"jono {0}: vaihe {1} on edellistä tiukempi: {2}",
	"Se, joka olisi aiemmin saanut ottaa yhteydenoton, ei enää saa, vaikka on odotettu pidempään.",
	"Anna arvon {2} vain löystyä vaiheesta vaiheeseen."}},
[LINT_STEP_SAME] = {{
	"jono {0}: vaihe {1} ei muuta mitään",
	"Se on samanlainen kuin edellinen.",
	"Poista se tai löysää siinä jotakin."}},
[LINT_UNTIL_STEP] = {{
	"jono {0}: until_step {1} ei koskaan täyty; viimeinen vaihe on {2}",
	"Taito on vaatimuksena loputtomiin.",
	"Lisää vaiheita tai pienennä arvoa until_step."}},
[LINT_DROP_UNASKED] = {{
	"jono {0}: vaihe {1} luopuu taidosta {2}, jota jono ei vaadi",
	"Se vaikuttaa vain yhteydenottoihin, jotka vaativat taitoa itse.",
	"Poista se kohdasta drop tai vaadi taitoa."}},
[LINT_RAISE_IDLE] = {{
	"jono {0}: priority_raise vaiheessa {1} ei muuta mitään prioriteetilla {2}",
	"Yhteydenotot pysyvät paikallaan järjestyksessä.",
	"Anna jonolle prioriteetti, jota voi nostaa, tai poista priority_raise."}},
[LINT_PRIORITY_UNUSED] = {{
	"jono {0}: sen vanheneminen erottelee prioriteetit, mutta kaikki sen yhteydenotot tulevat prioriteetilla {1}",
	"Vain esimiehen käsin muuttama prioriteetti vaikuttaa.",
	"Anna näiden asiakaspalvelijoiden jonoille eri prioriteetit tai valitse tapa strict."}},
[LINT_TIER_STARVES] = {{
	"jono {0}: jokainen sen jäsen palvelee myös alemman tason yhteydenottoja ({3}, kuten jonossa {1}, ennen tasoa {2})",
	"Tasot ovat ehdottomia: niin kauan kuin {1} ei tyhjene, jonossa {0} ei palvella ketään.",
	"Anna kummallekin sama taso ja vanheneminen, nosta prioriteettia myöhemmässä vaiheessa tai jätä jonolle {0} oma jäsen."}},
[LINT_TIER_MIXED] = {{
	"jono {0}: sillä on yhteisiä asiakaspalvelijoita ja sama taso {2} kuin jonolla {1}, mutta se vanhenee toisella tavalla",
	"Etumatkoja, määräaikoja ja kasvuja verrataan kuin ne olisivat samoja: järjestys tuskin on tarkoitettu.",
	"Anna kummallekin sama tapa tai eri tasot."}},
[LINT_OVERFLOW_SELF] = {{
	"jono {0}: se vuotaa yli itseensä",
	"Mikään ei siirry.",
	"Nimeä toinen jono tai poista ylivuoto."}},
[LINT_OVERFLOW_REMOVED] = {{
	"jono {0}: jono, johon se vuotaa yli, on poistettu",
	"Mikään ei siirry.",
	"Nimeä toinen jono tai poista ylivuoto."}},
[LINT_OVERFLOW_RING] = {{
	"jono {0}: ylivuoto kulkee ympyrää: {1}",
	"Kun kaikissa on ruuhkaa, yhteydenotto kiertää enintään 8 kertaa ja aloittaa vaiheensa aina alusta.",
	"Poista ylivuoto yhdestä näistä jonoista."}},
[LINT_OVERFLOW_RING_WAIT] = {{
	"jono {0}: odottava kulkee ympyrää: {1}",
	"Jokainen yhteydenotto, jota kukaan ei ota, kiertää enintään 8 kertaa ja aloittaa vaiheensa aina alusta.",
	"Poista odotukseen perustuva ylivuoto yhdestä näistä jonoista."}},
[LINT_OVERFLOW_IDLE] = {{
	"jono {0}: mikään ei saa sitä vuotamaan yli jonoon {1}",
	"Ylivuotoa ei koskaan tapahdu.",
	"Aseta after_seconds, length tai absent, tai anna kohdan full, expired tai closed vuotaa yli."}},
[LINT_OVERFLOW_UNSERVED] = {{
	"jono {0}: se vuotaa yli jonoon {1}, jossa kukaan ei voi ottaa yhteydenottoja",
	"Siirtynyt odottaa siellä ikuisesti.",
	"Anna jonolle {1} jäseniä, joilla on sen vaatimat taidot, tai nimeä toinen jono."}},
[LINT_OVERFLOW_CLOSED_TOO] = {{
	"jono {0}: kun se on kiinni, myös {1} on kiinni",
	"Suljetun jonon ylivuotoa ei koskaan tapahdu: yhteydenotot odottavat sen aukeamista.",
	"Anna jonolle {1} pidemmät aukioloajat tai valitse muu toiminta, kun {0} on kiinni."}},
[LINT_OVERFLOW_HOLE] = {{
	"jono {0}: sen ja jonon {1} välissä {2:day} kello {3}–{4} kumpikaan ei ole auki",
	"Silloin tulevaa ei ohjata eteenpäin, vaikka sitä ennen ja sen jälkeen ohjataan.",
	"Anna aukioloaikojen koskettaa toisiaan."}},
[LINT_OVERFLOW_SMALL] = {{
	"jono {0}: se vuotaa yli, kun {2} odottaa, jonoon {1}, johon mahtuu {3}",
	"Kun sitä tarvitaan, myös {1} on täynnä.",
	"Suurenna jonon {1} arvoa length_max tai nimeä suurempi jono."}},
[LINT_OVERFLOW_LENGTH_LATE] = {{
	"jono {0}: se vuotaisi yli, kun {1} odottaa, mutta on täynnä jo, kun {2} odottaa",
	"Pituuteen perustuvaa ylivuotoa ei koskaan tapahdu.",
	"Tee arvosta overflow.length pienempi kuin length_max."}},
[LINT_OVERFLOW_LATE] = {{
	"jono {0}: se vuotaisi yli {1} s kuluttua, mutta odotus päättyy {2} s kuluttua",
	"Odotukseen perustuvaa ylivuotoa ei koskaan tapahdu.",
	"Tee arvosta overflow.after_seconds lyhyempi kuin wait_max_seconds."}},
[LINT_FULL_IDLE] = {{
	"jono {0}: full on overflow, mutta ilman arvoa length_max jono ei ole koskaan täynnä",
	"Asetus ei vaikuta mihinkään.",
	"Aseta length_max tai jätä full pois."}},
[LINT_EXPIRED_IDLE] = {{
	"jono {0}: expired on asetettu, mutta ilman arvoa wait_max_seconds odotus ei vanhene",
	"Asetus ei vaikuta mihinkään.",
	"Aseta wait_max_seconds tai jätä expired pois."}},
[LINT_HOURS_NEVER] = {{
	"jono {0}: se ei ole kertaakaan auki seuraavien kahden vuoden aikana",
	"Sen yhteydenottoja ei koskaan tarjota.",
	"Anna aukioloajoille viikko tai poikkeus, jolloin ollaan auki."}},
[LINT_HOURS_SHORT] = {{
	"jono {0}: {1:day} kello {2} se on auki {3} min, lyhyemmän ajan kuin tarjous kestää ({4} s)",
	"Se sulkeutuu ennen kuin ensimmäisen tarvitsee vastata.",
	"Pidennä aukioloa tai lyhennä tarjousta."}},
[LINT_HOURS_PAST] = {{
	"jono {0}: kaikki sen aukioloaikojen poikkeukset ovat menneitä, viimeinen {1}",
	"Tulevat pyhät puuttuvat.",
	"Kirjaa tulevat poikkeukset tai poista vanhat."}},
[LINT_WEEKDAY_MISSING] = {{
	"kanava {0}: sen jono {1} ei ole auki {2:day}, mutta on muina työpäivinä",
	"Unohdettu päivä näyttää tältä.",
	"Lisää päivä aukioloaikoihin; jos se on tarkoituksella kiinni, tämän voi jättää näin."}},
[LINT_RESERVE_MEMBERS] = {{
	"jono {0}: sen varaus {1} ei ole pienempi kuin jäsenten määrä ({2})",
	"Kiireetöntä työtä (sähköposti, kirjeet, viestit, takaisinsoitot) ei koskaan anneta kenellekään.",
	"Pienennä varausta tai lisää jäseniä."}},
[LINT_PARALLEL_MEMBERS] = {{
	"jono {0}: se tarjoaa {1} henkilölle yhtä aikaa, mutta jäseniä on {2}",
	"Niin monta ei koskaan ole.",
	"Pienennä arvoa parallel tai lisää jäseniä."}},
[LINT_AUTOMATIC_PARALLEL] = {{
	"jono {0}: se on automaattinen, joten parallel {1} ei vaikuta mihinkään",
	"Annettu yhteydenotto menee heti yhdelle.",
	"Valitse toinen näistä kahdesta."}},
[LINT_AUTOMATIC_LEASE] = {{
	"jono {0}: se on automaattinen, mutta ottaa yhteydenoton takaisin {1} s kuluttua, ennen kuin tarjous ({2} s) olisi ohi",
	"Yhteydenotot kiertävät asiakaspalvelijalta toiselle ennen kuin kukaan on nähnyt niitä.",
	"Tee arvosta first_reply_seconds pidempi kuin offer_s."}},
[LINT_FIRST_REPLY_SHORT] = {{
	"jono {0}: ensimmäiseen vastaukseen on {1} s",
	"Kukaan ei ehdi lukea ja vastata siinä ajassa: yhteydenotot kiertävät asiakaspalvelijalta toiselle.",
	"Pidennä arvoa first_reply_seconds."}},
[LINT_REPLY_SHORT_MAIL] = {{
	"jono {0}: asiakaspalvelija menettää sähköpostin tai kirjeen {1} s kuluttua, jos ei vastaa",
	"Postiin vastaaminen kestää kauemmin: se kiertää asiakaspalvelijalta toiselle.",
	"Anna postille oma jono tai pidemmät vastausajat."}},
[LINT_SILENCE_SHORT] = {{
	"jono {0}: asiakkaan yhteydenotto suljetaan, kun hän on ollut hiljaa {1} s",
	"Useimmat kirjoittavat hitaammin.",
	"Pidennä arvoa silence_seconds."}},
[LINT_LENGTH_MEMBERS] = {{
	"jono {0}: se on täynnä, kun {1} odottaa, mutta jäseniä on {2}",
	"Yhteydenottoja torjutaan, kun jokaiselle jäsenelle tarjotaan yhtä.",
	"Nosta length_max jäsenten määrää suuremmaksi."}},
[LINT_WAIT_OFFER] = {{
	"jono {0}: odotus päättyy {1} s kuluttua, ennen kuin tarjous ({2} s) on ohi",
	"Tarjous, johon ei vastata, jää ainoaksi.",
	"Pidennä arvoa wait_max_seconds tai lyhennä arvoa offer_s."}},
[LINT_MAIL_REFUSED] = {{
	"jono {0}: {1} lopettaa yhteydenottoja, mutta tänne tulee sähköpostia, kirjeitä tai viestejä",
	"Niitä ei torjuta, vaan ne säilytetään ja niitä yritetään uudelleen, joten raja ei pidä; vanhentunut suljetaan lukematta.",
	"Anna kohdan {1} odottaa tai vuotaa yli, tai anna niille oma jono."}},
[LINT_POSITION_TIES] = {{
	"jono {0}: sen järjestys on top-down, mutta jäsenillä on sama sija",
	"Heistä vanhempi tili on aina ensin.",
	"Anna jokaiselle jäsenelle oma sija."}},
[LINT_DRAW_EQUAL] = {{
	"jono {0}: sen järjestys on weighted-random, mutta kaikki painot ovat samat",
	"Jokainen jäsen on yhtä todennäköinen.",
	"Anna jäsenille eri painot tai jätä näin, jos se on tarkoitus."}},
[LINT_SERVICE_TARGET] = {{
	"jono {0}: {1} % {2} sekunnissa vaatii kiireisimpään aikaan {3} asiakaspalvelijaa, jäseniä on {4}",
	"Tavoitetta ei saavuteta, vaikka kaikki olisivat paikalla.",
	"Lisää jäseniä tai aseta tavoite, joka voidaan saavuttaa."}},
[LINT_CHANNEL_QUEUE_REMOVED] = {{
	"kanava {0}: sen jono on poistettu, joten sen yhteydenotot torjutaan",
	"Sinne kirjoittava tai soittava käännytetään pois.",
	"Nimeä toinen jono."}},
[LINT_WEIGHT_TOO_HEAVY] = {{
	"kanava {0}: yhteydenotto painaa {1}, mutta kenenkään jonon {2} jäsenen kapasiteetti ei ole yli {3}",
	"Sen yhteydenotot odottavat ikuisesti.",
	"Pienennä painoa tai suurenna kapasiteettia."}},
[LINT_WEIGHT_ZERO] = {{
	"kanava {0}: yhteydenotto painaa 0, eikä max rajoita määrää",
	"Yhdelle voidaan antaa 256 yhtä aikaa.",
	"Aseta paino tai max."}},
[LINT_COUNT_IDLE] = {{
	"kanava {0}: max on {1}, mutta mihinkään kapasiteettiin ei mahdu enempää kuin {2} painolla {3}",
	"Rajaa ei koskaan saavuteta.",
	"Pienennä arvoa max tai painoa."}},
[LINT_EXCLUSIVE_BLOCKS] = {{
	"kanava {0}: se on poissulkeva, eikä {1} keskeytä sitä",
	"Kenellä on sellainen käsittelyssä, ehkä päiviä, ei saa yhtään yhteydenottoa kanavasta {1}.",
	"Lisää {0} kanavan {1} kohtaan interrupts tai poista poissulkevuus."}},
[LINT_INTERRUPTS_RING] = {{
	"kanava {0}: se keskeyttää kanavan {1}, ja tämä keskeyttää myös sen",
	"Kumpikaan ei vie tilaa toiselta, joten sama henkilö saa molempia täyden määrän.",
	"Anna vain kiireellisemmän keskeyttää."}},
[LINT_AGENT_NO_QUEUE] = {{
	"asiakaspalvelija {0}: ei palvele mitään jonoa",
	"Hänelle ei tarjota muuta kuin nimellä siirrettyä.",
	"Lisää jono tai poista tili."}},
[LINT_AGENT_CAPACITY] = {{
	"asiakaspalvelija {0}: kapasiteettiin {1} ei mahdu edes kevyin yhteydenotto ({2})",
	"Hänelle ei koskaan tarjota mitään.",
	"Suurenna kapasiteettia."}},
[LINT_AGENT_NOTHING] = {{
	"asiakaspalvelija {0}: ei voi ottaa mitään yhdestäkään jonostaan",
	"Taidot, kehät ja penalty-arvot pitävät hänet poissa joka vaiheesta.",
	"Lisää taitoja tai pienennä kehää tai penalty-arvoa."}},
[LINT_MEMBER_UNREACHED] = {{
	"asiakaspalvelija {0}: kehä {2} ja penalty {3} jonossa {1} ylittävät joka vaiheen rajat",
	"Tästä jonosta ei koskaan tarjota mitään.",
	"Pienennä kehää tai penalty-arvoa, tai nosta viimeisen vaiheen rajoja."}},
[LINT_SKILL_UNUSED] = {{
	"taito {0}: sitä ei ole kenelläkään, eikä mikään jono vaadi sitä",
	"Se ei vaikuta mihinkään.",
	"Anna se asiakaspalvelijoille tai vaadi sitä."}},
[LINT_LANGUAGE_NOBODY] = {{
	"taito {0}: sitä ei ole kenelläkään, mutta jokainen sen kielinen yhteydenotto vaatii sitä",
	"Nämä yhteydenotot odottavat ikuisesti.",
	"Anna se asiakaspalvelijoille, jotka puhuvat kieltä."}},
};
