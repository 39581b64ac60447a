// The lab's service worker keeps what was loaded, so that later visits need no network.

const FILES = "lab-files";
const IMMUTABLE = /\/pyodide-[0-9a-f]{8}\/|[.-][0-9a-f]{7,}\.\w+(?:\?v=\w+)?$|\?_=\w+$|\.(?:woff2?|ttf)$/; // these names tell the content

// What is put here while a service worker is installed, the browser compiles, and keeps so: nearly half of each later start.
addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(compiled(@SCRIPTS@).catch(() => {})); // no room, or no network: each is asked for when it is its turn
});

async function compiled(scripts) {
  const cache = await caches.open(FILES);
  await Promise.all(scripts.map(async (script) => {
    const address = new URL(script, registration.scope).href;
    const answer = (await cache.match(address)) ?? (await fetch(address));
    if (answer.ok) await cache.put(address, answer);
  }));
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !url.href.startsWith(registration.scope)) return;
  event.respondWith(IMMUTABLE.test(url.href) ? cacheFirst(request) : networkFirst(request));
});

async function cacheFirst(request) {
  const cache = await caches.open(FILES);
  return (await cache.match(request.url)) ?? fetchAndCache(cache, request);
}

async function networkFirst(request) {
  const cache = await caches.open(FILES);
  try {
    return await fetchAndCache(cache, request);
  } catch (error) {
    const known = await cache.match(request.url, { ignoreSearch: true });
    if (known) return known;
    throw error;
  }
}

async function fetchAndCache(cache, request) {
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request.url, answer.clone()).catch(() => {}); // no room: it is loaded again the next time
  return answer;
}

// What an earlier version of the lab left behind only takes room.
addEventListener("activate", (event) => {
  event.waitUntil(clients.claim());
  event.waitUntil((async () => {
    const answer = await fetch("files.json", { cache: "no-cache" });
    const wanted = new Set((await answer.json()).map((name) => new URL(name, registration.scope).href));
    const cache = await caches.open(FILES);
    for (const { url } of await cache.keys()) {
      if (!wanted.has(url.replace(/[?#].*/, ""))) await cache.delete(url);
    }
  })().catch(() => {})); // offline: the next version will see to it
});
