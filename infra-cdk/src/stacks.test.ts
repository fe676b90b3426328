// One test file: in each, Jest would load the CDK anew, which takes longer than all of these tests.
import './api-stack.spec.ts';
import './compute-stack.spec.ts';
import './edge-stack.spec.ts';
import './engine.spec.ts';
import './observability-stack.spec.ts';
import './state-stack.spec.ts';
