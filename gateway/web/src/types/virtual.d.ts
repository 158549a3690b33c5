/* SPDX-License-Identifier: Apache-2.0 */
/* Modules that build.mjs makes while it bundles. */

/** One icon of the icon package, as a list of elements with their attributes. */
declare module "icon:*" {
	const nodes: [string, Record<string, string>][];
	export default nodes;
}

/** The texts whose keys begin with one of the prefixes named after the colon. */
declare module "i18n:*" {
	const dicts: import("../lib/i18n").Dicts;
	export default dicts;
}

/** A stylesheet, bundled and minified, as text. */
declare module "css:*" {
	const text: string;
	export default text;
}

/** The address of the widget chunk below the loader's origin. */
declare const __WIDGET__: string;
/** The address of the stylesheet for the body of a mail. */
declare const __MAIL_CSS__: string;
