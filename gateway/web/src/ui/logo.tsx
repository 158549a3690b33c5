/* SPDX-License-Identifier: Apache-2.0 */
/** The mark: a doorway with somebody shown through it. */
export function LogoMark({ size = 32 }: { size?: number }) {
	return (
		<svg class="logo-mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
			<rect width="32" height="32" rx="8" class="plate" />
			<path d="M9 8v9.5a7 7 0 0 0 14 0V8" class="ink" fill="none" stroke-width="3.6"
				stroke-linecap="round" />
			<circle cx="16" cy="14.2" r="2.6" class="dot" />
		</svg>
	);
}

export function Logo() {
	return <p class="logo"><LogoMark /> <span>Usher</span></p>;
}
