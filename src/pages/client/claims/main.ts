import './claims.css';

/** Opens the claim that the address names, e.g. `claims.html#union-worse-as-d-shrinks`. */
function openNamed(): void {
  const claim = document.getElementById(location.hash.slice(1));
  if (!(claim instanceof HTMLDetailsElement)) return;
  claim.open = true;
  claim.scrollIntoView();
}

addEventListener('hashchange', openNamed);
openNamed();
