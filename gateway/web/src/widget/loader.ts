/* SPDX-License-Identifier: Apache-2.0 */
/* The line on the company's page loads this; this loads the widget once the page is idle, from
 * where it came from itself, and hands the settings of its script tag on. */
{
	const here = document.currentScript as HTMLScriptElement;
	const load = (): void => {
		const script = document.createElement("script");
		script.src = new URL(__WIDGET__, here.src).href;
		Object.assign(script.dataset, here.dataset);
		document.head.append(script);
	};
	if ("requestIdleCallback" in window)
		requestIdleCallback(load, { timeout: 2000 });
	else
		setTimeout(load, 200);
}
