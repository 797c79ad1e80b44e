"""By which way a page's media goes, as the browser itself says it (getStats)."""

from typing import Any, Final

from playwright.async_api import BrowserContext, Page

# Keeps the page's connections where a test finds them; `?policy=relay` forces relays.
COLLECT: Final = """
{
  const Real = RTCPeerConnection;
  window.peers = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...given) { super(...given); window.peers.push(this); }
  };
}
"""
READ: Final = """
async () => {
  const found = [];
  for (const peer of window.peers) {
    if (peer.connectionState !== "connected") continue;
    const stats = await peer.getStats();
    const transport = [...stats.values()].find(({type}) => type === "transport");
    const pair = stats.get(transport?.selectedCandidatePairId);
    const mine = stats.get(pair?.localCandidateId);
    const theirs = stats.get(pair?.remoteCandidateId);
    if (mine) found.push({
      kind: mine.candidateType, protocol: mine.protocol, relay: mine.relayProtocol ?? "",
      url: mine.url ?? "", address: mine.address ?? "", node: theirs?.address ?? "",
    });
  }
  return found;
}
"""


async def watch(context: BrowserContext) -> BrowserContext:
    """Before any page is opened."""
    await context.add_init_script(COLLECT)
    return context


async def paths(page: Page) -> list[dict[str, Any]]:
    """Of each connection that stands: `kind` (host, srflx, prflx, relay), `relay` and addresses."""
    found: list[dict[str, Any]] = await page.evaluate(READ)
    return found
