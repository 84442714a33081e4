// Sets the theme before the first paint. A file of its own, so that the page needs no inline script.
(function () {
  var stored = null;
  try {
    stored = localStorage.getItem('techmart.theme');
  } catch {
    // Storage is blocked: the system's preference decides.
  }
  var dark = stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  var colour = document.querySelector('meta[name="theme-color"]');
  if (colour && dark) colour.setAttribute('content', '#101416');
})();
