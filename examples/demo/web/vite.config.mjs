// The development server of the page; /api goes to the API, wherever it listens in this run.

export default {
  clearScreen: false,
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: process.env.API_URL, rewrite: (path) => path.replace(/^\/api/, "") } },
  },
};
