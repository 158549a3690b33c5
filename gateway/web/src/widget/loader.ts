/* SPDX-License-Identifier: Apache-2.0 */
/* The line on the company's page loads this; this loads the widget once the page is idle, from
 * where it came from itself, and hands the settings of its script tag on. */
interface Factory {
	createPolicy(name: string, rules: { createScriptURL(u: string): string }): { createScriptURL(u: string): string };
}
{
	const here = document.currentScript as HTMLScriptElement;
	const load = (): void => {
		const script = document.createElement("script");
		const url = new URL(__WIDGET__, here.src).href;
		/* Pages that ask for trusted types (ours do) take an address only from a policy. */
		const types = (window as unknown as { trustedTypes?: Factory }).trustedTypes;
		script.src = types?.createPolicy("usher", { createScriptURL: (u) => u })
			.createScriptURL(url) ?? url;
		Object.assign(script.dataset, here.dataset);
		document.head.append(script);
	};
	if ("requestIdleCallback" in window)
		requestIdleCallback(load, { timeout: 2000 });
	else
		setTimeout(load, 200);
}
