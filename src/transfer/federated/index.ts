export { type FederatedClient, localClients } from "./client.ts";
export { type FederatedOptions, type FederatedRound, federated } from "./federated.ts";
export { FedProx } from "./proximal.ts";
export { averageUpdates, type FederatedUpdate, type FederatedWeights } from "./weights.ts";
