using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>
/// A request method as the route table sees it. Names are case-sensitive (RFC 9110 section 9.1). Values below
/// <see cref="FirstCustom"/> are the registered methods that the framework knows; a table numbers the methods that its own
/// <c>[Route(path, methods)]</c> attributes add from <see cref="FirstCustom"/> on (see <see cref="RouteTable.MethodOf"/>).
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum HttpMethod : byte
{
    /// <summary>A token that is no method of the framework's or of the table's; answered 501.</summary>
    Unknown = 0,
    /// <summary>GET</summary>
    Get = 1,
    /// <summary>HEAD; served by the GET route of a pattern unless the pattern has a HEAD route of its own.</summary>
    Head = 2,
    /// <summary>POST</summary>
    Post = 3,
    /// <summary>PUT</summary>
    Put = 4,
    /// <summary>PATCH</summary>
    Patch = 5,
    /// <summary>DELETE</summary>
    Delete = 6,
    /// <summary>OPTIONS; answered 204 with <c>Allow</c> unless a route says otherwise.</summary>
    Options = 7,
    /// <summary>TRACE</summary>
    Trace = 8,
    /// <summary>CONNECT</summary>
    Connect = 9,
    /// <summary>The number of the first method that a route table adds; at most 14 can be added (bit 30 is the last).</summary>
    FirstCustom = 16,
}
