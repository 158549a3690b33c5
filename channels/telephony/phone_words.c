/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/telephony/phone_words.h"

static const char *const english[PHONE_SENTENCES] = {
	"You are number %u in the queue.",
	"You are next in the queue.",
	"All lines are busy for a moment. Please stay on the line.",
	"We are sorry, we cannot take your call now. Please try again later.",
	"Thank you for calling. Goodbye.",
	"Please hold. You keep your place in the queue.",
	"Call from %s. Contact %s.",
	"The caller is no longer on the line.",
	"We are closed now. Please call again when we are open.",
	"We are closed now, and open again on %s. Please call then.",
	"Too many callers wait just now. Please call again later.",
	"We are sorry that nobody could answer in time. Please call again.",
};

static const char *const finnish[PHONE_SENTENCES] = {
	"Olet jonossa sijalla %u.",
	"Olet jonossa seuraavana.",
	"Kaikki linjat ovat hetken varattuja. Pysy linjalla.",
	"Valitettavasti emme voi nyt vastata puheluusi. Soita myöhemmin uudelleen.",
	"Kiitos soitosta. Kuulemiin.",
	"Odota hetki. Paikkasi jonossa säilyy.",
	"Puhelu numerosta %s. Yhteydenotto %s.",
	"Soittaja ei ole enää linjalla.",
	"Palvelu on nyt suljettu. Soita uudelleen, kun se on auki.",
	"Palvelu on nyt suljettu ja avautuu %s. Soita silloin uudelleen.",
	"Jonossa on juuri nyt liian monta. Soita myöhemmin uudelleen.",
	"Valitettavasti kukaan ei ehtinyt vastata. Soita uudelleen.",
};

static const char *const estonian[PHONE_SENTENCES] = {
	"Olete järjekorras number %u.",
	"Olete järjekorras järgmine.",
	"Kõik liinid on hetkel hõivatud. Palun jääge liinile.",
	"Kahjuks ei saa me praegu teie kõnele vastata. Palun helistage hiljem uuesti.",
	"Täname helistamast. Head aega.",
	"Palun oodake. Teie koht järjekorras jääb alles.",
	"Kõne numbrilt %s. Pöördumine %s.",
	"Helistaja ei ole enam liinil.",
	"Oleme praegu suletud. Palun helistage uuesti, kui oleme avatud.",
	"Oleme praegu suletud ja avame taas %s. Palun helistage siis.",
	"Praegu ootab liiga palju helistajaid. Palun helistage hiljem uuesti.",
	"Kahjuks ei jõudnud keegi vastata. Palun helistage uuesti.",
};

const char *phone_sentence(const char *language, enum phone_sentence sentence)
{
	if (strncmp(language, "fi", 2) == 0 && (language[2] == '\0' || language[2] == '-'))
		return finnish[sentence];
	if (strncmp(language, "et", 2) == 0 && (language[2] == '\0' || language[2] == '-'))
		return estonian[sentence];
	return english[sentence];
}
