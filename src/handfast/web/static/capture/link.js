/** The link's secret stands after the #, so that no server log holds it; it leaves the address bar at once. */

/** The token of this session. A reload of the same tab finds it in the tab's own history, never in storage. */
export function takeToken() {
  const token = location.hash.slice(1) || history.state?.token || "";
  history.replaceState({ token }, "", location.pathname);
  addEventListener("hashchange", () => location.reload()); // another link, opened in this very tab
  return token;
}
