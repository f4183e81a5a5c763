// Keeps the site's files, so that its pages open without a network. VERSION and FILES are filled in by the build.
// A new version waits until no page of the old one is open: their scripts go together.
const cacheName = `graft-site-${VERSION}`;
const docs = new URL("docs/", self.registration.scope).href;
const own = new Set(FILES.map((path) => new URL(path, self.registration.scope).href));

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([...own])));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

async function forgetOthers() {
  const old = (await caches.keys()).filter(
    (name) => name.startsWith("graft-site-") && name !== cacheName,
  );
  await Promise.all(old.map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  [url.search, url.hash] = ["", ""];
  if (url.href.endsWith("/")) url.href += "index.html";
  if (request.method !== "GET") return;
  if (own.has(url.href)) event.respondWith(kept(url.href, request));
  else if (url.href.startsWith(docs)) event.respondWith(freshOrRead(url.href, request));
});

/** The documentation is too large to be kept unread: of it, what was read is kept. */
async function freshOrRead(address, request) {
  const cache = await caches.open(cacheName);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await cache.put(address, fresh.clone());
    return fresh;
  } catch (error) {
    const read = await cache.match(address);
    if (read) return read;
    throw error;
  }
}

async function kept(address, request) {
  const cache = await caches.open(cacheName);
  return (await cache.match(address)) ?? fetch(request);
}
