/* SPDX-License-Identifier: Apache-2.0 */
/** A bicycle on a shore: drawn here, so that the page asks nobody for a picture. */
export function Ride() {
	return (
		<svg class="ride" viewBox="0 0 480 300" aria-hidden="true">
			<circle cx="366" cy="84" r="44" class="sun" />
			<path d="M0 196 Q60 168 120 190 T240 186 T360 192 T480 180 V300 H0 Z" class="hill" />
			<path d="M0 236 Q120 222 240 236 T480 232 V300 H0 Z" class="shore" />
			<g class="bike" fill="none" stroke-width="7" stroke-linecap="round"
				stroke-linejoin="round">
				<circle cx="158" cy="206" r="46" />
				<circle cx="310" cy="206" r="46" />
				<path d="M158 206 L200 132 H282 L226 206 Z M200 132 L226 206 M282 132 L310 206
					M282 132 L276 108 H298 M200 132 L194 116 M180 116 H210" />
				<circle cx="226" cy="206" r="9" />
			</g>
		</svg>
	);
}
