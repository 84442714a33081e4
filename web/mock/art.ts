/** Plain stand-ins for the catalogue service's drawings: a body in the variant's colour on a soft ground. */
const SHAPES: Record<string, string> = {
  phone: '<rect x="290" y="140" width="220" height="520" rx="38"/><rect class="s" x="306" y="158" width="188" height="484" rx="24"/>',
  tablet: '<rect x="200" y="170" width="400" height="460" rx="32"/><rect class="s" x="224" y="194" width="352" height="412" rx="14"/>',
  laptop: '<rect x="210" y="220" width="380" height="260" rx="20"/><rect class="s" x="228" y="238" width="344" height="224" rx="8"/><path d="M150 490h500l-26 44H176z"/>',
  monitor: '<rect x="150" y="190" width="500" height="310" rx="18"/><rect class="s" x="168" y="208" width="464" height="274" rx="8"/><path d="M370 500h60v70h70v24H300v-24h70z"/>',
  headphones: '<path d="M210 470v-70a190 190 0 0 1 380 0v70h-44v-70a146 146 0 0 0-292 0v70z"/><rect x="190" y="420" width="96" height="180" rx="40"/><rect x="514" y="420" width="96" height="180" rx="40"/>',
  speaker: '<rect x="280" y="170" width="240" height="460" rx="60"/><circle class="s" cx="400" cy="300" r="58"/><circle class="s" cx="400" cy="480" r="84"/>',
  camera: '<path d="M180 290h110l34-50h152l34 50h110v280H180z"/><circle class="s" cx="400" cy="430" r="104"/><circle cx="400" cy="430" r="58"/>',
  tv: '<rect x="120" y="200" width="560" height="330" rx="14"/><rect class="s" x="134" y="214" width="532" height="302" rx="6"/><path d="M250 530h34l-24 60h-34zM516 530h34l24 60h-34z"/>',
  charger: '<rect x="290" y="290" width="220" height="240" rx="44"/><path d="M340 220h28v70h-28zM432 220h28v70h-28z"/><rect class="s" x="370" y="440" width="60" height="26" rx="13"/>',
};

export function drawArt(kind: string, seed: string, color: string | null, dark: boolean): string {
  const hue = [...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  const body = color && /^[0-9a-f]{6}$/.test(color) ? `#${color}` : `hsl(${hue} 14% ${dark ? 62 : 34}%)`;
  const ground = dark ? ['#1c2124', '#272e32'] : ['#f6f8f9', '#e6ecef'];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800"><defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="${ground[0]}"/><stop offset="1" stop-color="${ground[1]}"/></linearGradient></defs><style>.s{fill:hsl(${hue} 45% ${dark ? 30 : 72}%)}</style><rect width="800" height="800" fill="url(#g)"/><ellipse cx="400" cy="670" rx="230" ry="20" fill="#000" opacity="${dark ? 0.4 : 0.1}"/><g fill="${body}">${SHAPES[kind] ?? SHAPES['charger']}</g></svg>`;
}
