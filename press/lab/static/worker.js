// The worker of the lab's Python: begins at once, and then is JupyterLite's kernel.
import "./python.js?_=@BUILD@";
import "@KERNEL@";
