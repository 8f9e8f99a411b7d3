// Stands in for the browser tools of React, which the dashboard never opens.

export default { initialize(): void {}, connectToDevTools(): void {} };
