import { describe } from "vitest";
import { itHoldsInHistories } from "./queue.model-histories.ts";

// The other half of queue.model.test.ts.
describe("the send queue under random histories", () => itHoldsInHistories("even"));
