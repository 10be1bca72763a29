using System.IO.Pipelines;
using Prebake.Http; using Prebake.Routing;
namespace Prebake.Grammar {
}
namespace Prebake.Http1 {
}
