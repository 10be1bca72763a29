using System.Net;
using Prebake.Logging;

namespace Prebake.Tests.Logging;

/// <summary>The line of the access log for one request.</summary>
public sealed class AccessLineTests
{
    private static readonly AccessEntry s_entry = new("GET", "/a", "HTTP/1.1", 200, 5, 0.25, IPAddress.Loopback, "/a", TraceId: null, RequestId: null);

    [Fact]
    public void The_id_of_a_request_ends_its_line_where_somebody_has_asked_for_it()
    {
        var log = new AccessLog(logger: null, LogFormat.Text);
        Assert.EndsWith("\"GET /a HTTP/1.1\" 200 5 0.250000", log.Common(s_entry));
        Assert.EndsWith("\"GET /a HTTP/1.1\" 200 5 0.250000 id-5", log.Common(s_entry with { RequestId = "id-5" }));
    }

    [Fact]
    public void And_is_a_property_of_its_object()
    {
        Assert.DoesNotContain("requestId", AccessLog.Json(s_entry));
        Assert.EndsWith("\"route\":\"/a\",\"requestId\":\"id-5\"}", AccessLog.Json(s_entry with { RequestId = "id-5" }));
    }
}
