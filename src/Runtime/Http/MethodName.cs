using System.Text;
using Prebake.Routing;

namespace Prebake.Http;

/// <summary>Methods as strings, made once.</summary>
internal static class MethodName
{
    public static string Of(RequestHead head) => head.Method switch
    {
        HttpMethod.Get => "GET",
        HttpMethod.Head => "HEAD",
        HttpMethod.Post => "POST",
        HttpMethod.Put => "PUT",
        HttpMethod.Patch => "PATCH",
        HttpMethod.Delete => "DELETE",
        HttpMethod.Options => "OPTIONS",
        HttpMethod.Trace => "TRACE",
        HttpMethod.Connect => "CONNECT",
        _ => Encoding.ASCII.GetString(head[head.MethodName]),
    };
}
