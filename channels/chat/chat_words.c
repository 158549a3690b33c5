/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/chat/chat_words.h"

enum chat_words chat_words_for(struct usher_text language)
{
	if (language.n > 2 && language.p[2] != '-')
		return CHAT_ENGLISH;
	struct usher_text main = text_slice(language.p, language.n > 2 ? 2 : language.n);
	if (text_equal_nocase(main, TEXT("fi")))
		return CHAT_FINNISH;
	return text_equal_nocase(main, TEXT("et")) ? CHAT_ESTONIAN : CHAT_ENGLISH;
}

const char *chat_sentence(enum chat_words words, enum chat_sentence sentence)
{
	static const char *const table[][CHAT_SENTENCES] = {
		[CHAT_ENGLISH] =
			{
				"You are in the queue. An agent will be with you soon.",
				"An agent has joined the conversation.",
				"The conversation has ended. Write again to begin a new one.",
				"The message is too long.",
				"That was too fast. The message is sent again in a moment.",
				"We cannot take the message just now. It is sent again in a "
				"moment.",
				"The message is empty or cannot be read.",
				"The message was refused.",
				"We are closed now. Please write again when we are open.",
				"We are closed now and open again at %s. Please write then.",
				"We are closed now and open again at %s. Your message is kept until then.",
				"Too many people wait just now. Please write again later.",
				"We are sorry that nobody could answer in time. Please write again.",
				"The conversation has ended because nothing was written for a while.",
			},
		[CHAT_FINNISH] =
			{
				"Olet jonossa. Asiakaspalvelija vastaa pian.",
				"Asiakaspalvelija on liittynyt keskusteluun.",
				"Keskustelu on päättynyt. Aloita uusi kirjoittamalla uudelleen.",
				"Viesti on liian pitkä.",
				"Viestejä tuli liian nopeasti. Viesti lähetetään hetken päästä "
				"uudelleen.",
				"Emme voi juuri nyt ottaa viestiä vastaan. Se lähetetään hetken "
				"päästä uudelleen.",
				"Viesti on tyhjä tai lukukelvoton.",
				"Viestiä ei hyväksytty.",
				"Palvelu on nyt suljettu. Kirjoita uudelleen, kun se on auki.",
				"Palvelu on nyt suljettu ja avautuu %s. Kirjoita silloin uudelleen.",
				"Palvelu on nyt suljettu ja avautuu %s. Viestisi säilyy siihen asti.",
				"Jonossa on juuri nyt liian monta. Kirjoita myöhemmin uudelleen.",
				"Valitettavasti kukaan ei ehtinyt vastata. Kirjoita uudelleen.",
				"Keskustelu päättyi, koska siihen ei kirjoitettu hetkeen.",
			},
		[CHAT_ESTONIAN] =
			{
				"Oled järjekorras. Klienditeenindaja vastab peagi.",
				"Klienditeenindaja on vestlusega liitunud.",
				"Vestlus on lõppenud. Uue alustamiseks kirjuta uuesti.",
				"Sõnum on liiga pikk.",
				"Sõnumeid tuli liiga kiiresti. Sõnum saadetakse hetke pärast "
				"uuesti.",
				"Me ei saa praegu sõnumit vastu võtta. See saadetakse hetke pärast "
				"uuesti.",
				"Sõnum on tühi või loetamatu.",
				"Sõnumit ei võetud vastu.",
				"Oleme praegu suletud. Kirjuta uuesti, kui oleme avatud.",
				"Oleme praegu suletud ja avame taas %s. Kirjuta siis uuesti.",
				"Oleme praegu suletud ja avame taas %s. Sinu sõnum jääb seniks alles.",
				"Praegu ootab liiga palju inimesi. Kirjuta hiljem uuesti.",
				"Kahjuks ei jõudnud keegi vastata. Palun kirjuta uuesti.",
				"Vestlus lõppes, sest mõnda aega ei kirjutatud midagi.",
			},
	};
	return table[words][sentence];
}
